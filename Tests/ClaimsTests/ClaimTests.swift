import Claims
import Foundation
import OutcomeFixtures
import Reporting
import Scenario
import TestSupport
import Testing

@Suite("Claims")
struct ClaimTests {
  private static let folder = Golden.root.appendingPathComponent("scenarios/claims").path

  private func load(_ name: String) throws -> LoadedClaim {
    try ClaimLoader.load(path: "\(Self.folder)/\(name).yaml", environment: [:])
  }

  private func test(_ name: String) throws -> ClaimResult {
    try ClaimTest.run(load(name), replications: 5, threads: 2)
  }

  @Test("the page of claims says what testing them finds now")
  func page() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter {
      $0.hasSuffix(".yaml")
    }.sorted()
    #expect(names.count == 9)
    let results = try names.map { try test(String($0.dropLast(5))) }
    try Golden.expect(ClaimText.markdown(results), equals: "docs/claims.md")
  }

  @Test("verdicts are those of the published figures")
  func verdicts() throws {
    #expect(try test("cloud-h100-year").verdict == .inPart)
    let swapped = try test("h200-against-h100")
    #expect(swapped.verdict == .fails && swapped.conditions.contains("swapped"))
    let egress = try test("egress")
    // 100 TB a month cost 95,846 USD a year, 500 TB 353,894.
    #expect(egress.table[3][1] == "95,846" && egress.table[5][1] == "353,894")
    #expect(try test("data-above-100tb").table[2][1...2] == ["7,987", "22"])
  }

  @Test(
    "what is wrong in a claim is told with its place",
    arguments: [
      ("check: cloud-year\nabove: 1", "the check 'cloud-year' needs `gpu`"),
      ("check: egress\nabove: 1\nterabytes: 5\ngpu: l4", "the check 'egress' does not read `gpu`"),
      ("check: clod-year", "clod-year"), ("check: egress\nabove: -1\nterabytes: 5", "above"),
      ("check: sharing\nabove: 1\nbelow: 2\nscenario: none.yaml\nset: {a: 1}", "none.yaml"),
    ]
  )
  func wrong(_ lines: String, _ message: String) throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write("version: 1\nname: x\nclaim: x\n\(lines)\n", as: "claim.yaml")
    do {
      _ = try ClaimLoader.load(path: path, environment: [:])
      Issue.record("accepted: \(lines)")
    } catch let error as ScenarioError {
      #expect("\(error)".contains(message) && "\(error)".contains("claim.yaml:"), "\(error)")
    }
  }
}
