// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "headroom",
  products: [
    .library(name: "SimulationKernel", targets: ["SimulationKernel"]),
    .executable(name: "headroom", targets: ["headroom"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CGSL", pkgConfig: "gsl", providers: [.apt(["libgsl-dev"])]),
    .systemLibrary(name: "CGLPK", providers: [.apt(["libglpk-dev"])]),
    .systemLibrary(name: "CXLSXWriter", providers: [.apt(["libxlsxwriter-dev"])]),
    .target(name: "SimulationKernel", dependencies: ["CGSL"]),
    .target(name: "Hardware"),
    .target(name: "Workload", dependencies: ["SimulationKernel", "Hardware"]),
    .target(name: "Outcome", dependencies: ["SimulationKernel", "Hardware", "Workload"]),
    .target(
      name: "Engine",
      dependencies: ["CGLPK", "SimulationKernel", "Hardware", "Workload", "Outcome"]
    ),
    .target(
      name: "Scenario",
      dependencies: [
        "SimulationKernel", "Hardware", "Workload", "Outcome", "Engine",
        .product(name: "Yams", package: "Yams"),
      ]
    ),
    .target(name: "Economics", dependencies: ["SimulationKernel", "Hardware", "Workload"]),
    .target(
      name: "Results",
      dependencies: [
        "SimulationKernel", "Hardware", "Workload", "Outcome",
        .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ]
    ),
    .target(
      name: "Planning",
      dependencies: [
        "CGLPK", "SimulationKernel", "Hardware", "Workload", "Outcome", "Engine", "Scenario", "Results",
      ]
    ),
    .target(
      name: "Reporting",
      dependencies: [
        "SimulationKernel", "Hardware", "Outcome", "Scenario", "Economics", "Results", "Planning", "Claims",
      ]
    ),
    .target(
      name: "Claims",
      dependencies: ["Hardware", "Outcome", "Engine", "Scenario", "Economics", "Planning"]
    ),
    // Files for other programs: spreadsheets, FOCUS tables, notebooks.
    .target(name: "Handover", dependencies: ["CXLSXWriter", "Hardware", "Economics"]),
    .executableTarget(
      name: "headroom",
      dependencies: [
        "SimulationKernel", "Hardware", "Workload", "Outcome", "Engine", "Studies", "Scenario",
        "Economics", "Results", "Planning", "Claims", "Reporting", "Handover",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    .target(
      name: "Studies",
      dependencies: ["SimulationKernel", "Hardware", "Workload", "Outcome", "Engine", "Planning"]
    ),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "SimulationKernelTests", dependencies: ["SimulationKernel", "CGSL"]),
    .testTarget(name: "HardwareTests", dependencies: ["Hardware", "TestSupport"]),
    .testTarget(
      name: "ScenarioTests",
      dependencies: ["Scenario", "Engine", "TestSupport"],
      exclude: ["Goldens"]
    ),
    .testTarget(
      name: "EconomicsTests",
      dependencies: ["SimulationKernel", "Hardware", "Workload", "Economics", "TestSupport"]
    ),
    .testTarget(
      name: "ClaimsTests",
      dependencies: ["Scenario", "Claims", "Reporting", "OutcomeFixtures", "TestSupport"]
    ),
    .testTarget(
      name: "HandoverTests",
      dependencies: ["Hardware", "Workload", "Economics", "Handover", "TestSupport"]
    ),
    .testTarget(name: "WorkloadTests", dependencies: ["Workload", "TestSupport"]),
    .target(
      name: "OutcomeFixtures",
      dependencies: ["SimulationKernel", "Hardware", "Workload", "Outcome"],
      path: "Tests/OutcomeFixtures"
    ),
    .testTarget(
      name: "OutcomeTests",
      dependencies: ["SimulationKernel", "Hardware", "Workload", "Outcome", "OutcomeFixtures"]
    ),
    .testTarget(
      name: "ResultsTests",
      dependencies: [
        "SimulationKernel", "Hardware", "Workload", "Outcome", "Results", "OutcomeFixtures", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]
    ),
    .testTarget(
      name: "PlanningTests",
      dependencies: [
        "SimulationKernel", "Hardware", "Workload", "Engine", "Outcome", "Results", "Scenario", "Planning",
        "TestSupport",
      ]
    ),
    .testTarget(
      name: "ReportingTests",
      dependencies: [
        "SimulationKernel", "Hardware", "Workload", "Outcome", "Engine", "Scenario", "Results", "Planning",
        "Reporting", "OutcomeFixtures", "TestSupport",
      ],
      exclude: ["Goldens"]
    ),
    .testTarget(
      name: "headroomTests",
      dependencies: [
        "headroom", "Results", "Studies", "OutcomeFixtures", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Goldens"]
    ),
    .testTarget(
      name: "EngineTests",
      dependencies: ["SimulationKernel", "Hardware", "Workload", "Outcome", "Engine", "TestSupport"]
    ),
    .testTarget(
      name: "StudiesTests",
      dependencies: [
        "SimulationKernel", "Hardware", "Workload", "Outcome", "Engine", "Studies", "Scenario", "TestSupport",
      ]
    ),
    // Counts heap allocations by standing in for malloc; link it only into benchmarks.
    .target(name: "AllocationCounter", path: "Benchmarks/Sources/AllocationCounter"),
    // Rows, flags, clocks, reference programs and child processes.
    .target(name: "BenchmarkSupport", path: "Benchmarks/Sources/BenchmarkSupport"),
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: ["AllocationCounter", "BenchmarkSupport", "SimulationKernel"],
      path: "Benchmarks/Sources/KernelBenchmarks"
    ),
    .executableTarget(
      name: "EngineBenchmarks",
      dependencies: [
        "AllocationCounter", "BenchmarkSupport", "SimulationKernel", "Hardware", "Workload", "Outcome",
        "Engine",
        "Economics", "Results", "Studies",
      ],
      path: "Benchmarks/Sources/EngineBenchmarks"
    ),
    // One FGD run as a process of its own, for machines without the command.
    .executableTarget(
      name: "FGDRun",
      dependencies: ["Engine", "Workload", "Hardware", "Outcome", "Studies"],
      path: "Benchmarks/Sources/FGDRun"
    ),
  ]
)
