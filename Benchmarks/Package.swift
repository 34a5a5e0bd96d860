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
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        "AllocationCounter", .product(name: "SimulationKernel", package: "headroom"),
      ]
    ),
  ]
)
