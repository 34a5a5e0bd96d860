import Foundation
import Outcome
import TestSupport
import Testing

@testable import Scenario

/// Suite files: what they mean, and what is said of wrong ones.
struct SuiteTests {
  private let scratch = try! ScratchFolder()

  private func load(_ text: String) throws -> LoadedSuite {
    _ = try scratch.write(Sample.text, as: "sample.yaml")
    return try SuiteLoader.load(path: scratch.write(text, as: "suite.yaml"), environment: [:])
  }

  private static let budgets = "budgets: [{metric: wait.p95, fail: 10%}]\n"

  @Test func cellsAreScenariosTimesPolicies() throws {
    let suite = try load(
      """
      version: 1
      name: s
      cells:
        - {scenario: sample.yaml, policies: [best-fit, most-allocated+fgd]}
        - {name: own, scenario: sample.yaml, set: {horizon: 2d, policy: {placement: fgd}, fleet.nodes.a.count: 5}}
        - {name: both, scenario: sample.yaml, set: {policy.placement: [fgd, worst-fit]}}

      """ + Self.budgets
    )
    #expect(
      suite.cells.map(\.name) == [
        "sample/best-fit", "sample/most-allocated+fgd", "own", "both/fgd", "both/worst-fit",
      ]
    )
    #expect(suite.replications == 10)
    #expect(suite.cells[2].scenario.nodes.gpuCount == 40)
    #expect(suite.cells[2].policy == "fgd; ties by name; fifo with head-of-line blocking; fractions")
    let input = try suite.cells[2].input(replication: 3)
    #expect(input.horizon?.seconds == 172_800 && input.seed == 4)
  }

  @Test func thresholdsAreReadInTheMetricsUnit() throws {
    let suite = try load(
      """
      version: 1
      name: s
      replications: 4
      cells: [{scenario: sample.yaml}]
      budgets:
        - {metric: wait.p95, fail: {relative: 10%, absolute: 15m}, warn: 5%}
        - {metric: allocation, scope: "model:h100-80gb-sxm", fail: {absolute: 1.5}}
        - {metric: jobs.waiting, direction: higher, warn: {absolute: 3}}

      """
    )
    #expect(suite.budgets[0].fail == .init(relative: 0.1, absolute: 900))
    #expect(suite.budgets[0].warn == .init(relative: 0.05))
    #expect(suite.budgets[0].better == .lower)
    #expect(suite.budgets[1].fail == .init(absolute: 1.5))
    #expect(suite.budgets[1].scope == "model:h100-80gb-sxm" && suite.budgets[1].better == .higher)
    #expect(suite.budgets[2].better == .higher && suite.budgets[2].fail == nil)
  }

  private static let head = "version: 1\nname: s\n"
  private static let cell = "cells: [{scenario: sample.yaml}]\n"

  /// Wrong suites; each has a golden file.
  static let bad: [(name: String, text: String)] = [
    ("unknown-key", head + "cels: []\n" + cell + budgets),
    ("nothing", ""),
    ("missing-scenario", head + "cells: [{scenario: sampel.yaml}]\n" + budgets),
    ("unknown-metric", head + cell + "budgets: [{metric: wait.95, fail: 10%}]\n"),
    ("unknown-policy", head + "cells: [{scenario: sample.yaml, policies: [fgd, fdg]}]\n" + budgets),
    ("unknown-scope", head + cell + "budgets: [{metric: wait.p95, scope: \"class:trian\", fail: 10%}]\n"),
    ("wrong-setting", head + "cells: [{scenario: sample.yaml, set: {fleet.nods.a.count: 5}}]\n" + budgets),
    ("setting-no-map", head + "cells: [{scenario: sample.yaml, set: horizon=3d}]\n" + budgets),
    ("duplicated-cell", head + "cells: [{scenario: sample.yaml}, {scenario: sample.yaml}]\n" + budgets),
    ("no-threshold", head + cell + "budgets: [{metric: wait.p95}, {metric: makespan, fail: {}}]\n"),
    ("wrong-unit", head + cell + "budgets: [{metric: wait.p95, fail: {absolute: 5}}]\n"),
    ("warns-late", head + cell + "budgets: [{metric: wait.p95, fail: 5%, warn: 10%}]\n"),
    (
      "duplicated-budget",
      head + cell + "budgets: [{metric: makespan, fail: 5%}, {metric: makespan, fail: 9%}]\n"
    ),
    ("one-replication", head + "replications: 1\n" + cell + budgets),
  ]

  @Test(arguments: bad.map(\.name))
  func message(_ name: String) throws {
    let text = try #require(Self.bad.first { $0.name == name }).text
    var message = "loads\n"
    do {
      _ = try load(text)
    } catch {
      message = "\(error)\n".replacing(scratch.path(""), with: "DIR/").replacing("//", with: "/")
    }
    #expect(message != "loads\n")
    try Golden.expect(message, equals: "Tests/ScenarioTests/Goldens/suites/\(name).txt")
  }

  @Test func theShippedSuiteLoads() throws {
    let suite = try SuiteLoader.load(
      path: Golden.package.appendingPathComponent("scenarios/policy-suite.yaml").path,
      environment: [:]
    )
    #expect(suite.cells.count >= 8)
    for cell in suite.cells {
      let jobs = try cell.input(replication: 0).jobs
      #expect((1000...10_000).contains(jobs.count), "\(cell.name): \(jobs.count) jobs")
    }
  }
}
