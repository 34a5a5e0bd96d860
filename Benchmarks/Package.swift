// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "headroom-benchmarks",
  dependencies: [
    .package(name: "headroom", path: "..")
  ],
  targets: [
    // Counts heap allocations by standing in for malloc; link it only here.
    .target(name: "AllocationCounter"),
    // Rows, flags, clocks, reference programs and child processes.
    .target(name: "BenchmarkSupport"),
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        "AllocationCounter", "BenchmarkSupport", .product(name: "SimulationKernel", package: "headroom"),
      ]
    ),
    .executableTarget(
      name: "EngineBenchmarks",
      dependencies: [
        "AllocationCounter", "BenchmarkSupport", .product(name: "SimulationKernel", package: "headroom"),
        .product(name: "HeadroomEngine", package: "headroom"),
      ]
    ),
    // One FGD run as a process of its own, for machines without the command.
    .executableTarget(
      name: "FGDRun",
      dependencies: [.product(name: "HeadroomEngine", package: "headroom")]
    ),
  ]
)
