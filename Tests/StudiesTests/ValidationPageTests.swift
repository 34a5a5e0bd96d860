import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import Studies
import TestSupport
import Testing
import Workload

/// `docs/validation.md` is made here, so that it says what the code does now.
///
/// The page is compared in optimised builds only: it takes seconds there and
/// minutes without. `HEADROOM_UPDATE_GOLDENS=1` rewrites it.
@Suite struct ValidationPageTests {
  #if DEBUG
    static let isOptimised = false
  #else
    static let isOptimised = true
  #endif

  static let hasData = DataFolder.has("openb/expected/default_at_100.csv") && TrainingPage.isPossible

  @Test(.enabled(if: hasData && isOptimised))
  func `the validation page says what the code does now`() throws {
    let page =
      ValidationPage.header + (try fgd()) + ValidationPage.sources + (try TrainingPage.text())
      + (try queueing()) + (try ElasticModel.page())
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    let file = folder.appendingPathComponent("docs/validation.md")
    if ProcessInfo.processInfo.environment["HEADROOM_UPDATE_GOLDENS"] == "1" {
      try Data(page.utf8).write(to: file)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == page)
  }

  /// Ours against the published tables, a row a policy and quantity.
  private func fgd() throws -> String {
    let folder = DataFolder.path("openb")
    let runs = try FGDReplication(
      folder: folder,
      workloads: ["default"],
      policies: FGDStudy.policies.map(\.name),
      seeds: Array(42...51)
    ).run(threads: 2)
    let expected = try #require(try FGDExpected(folder: folder))
    var text = ""
    for c in expected.comparisons(runs) {
      let names = ["allocated, % of the cluster", "fragmented, % of free", "fragmented, % of the cluster"]
      for i in 0..<3 {
        let equal = c.isExact ? "\(c.equal / 3) of \(c.seeds) equal to the last digit" : "in distribution"
        text += "| \(c.policy) | \(names[i]) | \(number(c.expected[i])) | \(number(c.ours[i])) "
        text += "| \(number(c.ours[i] - c.expected[i])) | \(equal) |\n"
      }
      #expect(!c.isExact || c.equal == c.cells)
    }
    return text
  }

  /// Queueing theory through the engine, jobs on GPUs.
  private func queueing() throws -> String {
    var text = ValidationPage.queueingHeader
    for cell in ValidationPage.cells {
      let values = try (1...24).map { try cell.meanWait(replication: UInt64($0)) }
      let interval = try #require(ConfidenceInterval(of: values, level: 0.999))
      #expect(interval.contains(cell.exact), "\(cell.name): \(interval) against \(cell.exact)")
      text += "| \(cell.name) | \(cell.formula) | \(cell.exact) | \(String(format: "%.4f", interval.mean)) "
      text += "| ± \(String(format: "%.4f", interval.halfWidth)) |\n"
    }
    return text
  }

  private func number(_ value: Double) -> String {
    let text = String(format: "%.3f", value)
    return text == "-0.000" ? "0.000" : text
  }
}
