import Testing

@testable import headroom

@Suite("Where an instance goes")
struct MIGChoiceTests {
  private let program = Program()

  @Test("each start is listed with what would be left, and the rules that take it")
  func choices() throws {
    let outcome = try program.run(
      "catalog",
      "mig",
      "h100",
      "--next",
      "1g.10gb",
      "--beside",
      "1g.10gb@0,2g.20gb@2"
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true)
    }
    // Slot 1 is the only one that spoils nothing; slots 4, 5 and 6 cut the free half.
    let rows = lines.filter { $0.first.flatMap { Int($0) } != nil }
    #expect(rows.map { Int($0[0]) } == [1, 4, 5, 6])
    #expect(rows[0].contains("lowest-start,") && rows[0].contains("largest-free-run"))
    #expect(rows[0][1] == "3" && rows[1][1] == "2")
    let apart = try program.run("catalog", "mig", "h100", "--next", "1g.10gb", "--beside", "3g.40gb@0").output
    #expect(apart.contains("beside 3g.40gb@0"))
  }

  @Test("programs get the same as JSON")
  func json() throws {
    let outcome = try program.run("catalog", "mig", "a30", "--next", "2g.12gb", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\"placements_left\""))
    #expect(outcome.output.contains("\"chosen_by\""))
  }

  @Test("with a mix the loss of each start is told, and which least-loss takes")
  func mix() throws {
    let outcome = try program.run(
      "catalog",
      "mig",
      "h100",
      "--next",
      "1g.10gb",
      "--beside",
      "1g.10gb@0",
      "--mix",
      "1g.10gb=3,3g.40gb=1"
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    // Free: slots 1 to 7, of which six 1g hold six and one 3g holds four: 1 slot
    // lost for three jobs, 3 for one. After a 1g at 1 or 2 or 3: 5 of 6 and 4 of 6.
    // At 4, 5 or 6 no 3g is left.
    let rows = outcome.output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    }
    #expect(rows.contains(["now", "1.500", "6", "4"]))
    for start in ["1", "2", "3"] { #expect(rows.contains([start, "1.250", "-0.250", "5", "4"])) }
    for start in ["4", "5", "6"] { #expect(rows.contains([start, "2.250", "0.750", "5", "0"])) }
    #expect(
      outcome.output.contains("least-loss takes start 1: the loss grows least, the lowest of 3 equals.")
    )
    let json = try program.run("catalog", "mig", "h100", "--next", "3g.40gb", "--mix", "whole=1", "--json")
    #expect(json.output.contains("\"least-loss\"") && json.output.contains("\"loss_growth\""))
  }

  @Test("the mix of a scenario is that by which its runs choose")
  func scenarioMix() throws {
    let path = "scenarios/mig-churn.yaml"
    let outcome = try program.run("catalog", "mig", "h100", "--next", "2g.20gb", "--mix", path)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("least-loss takes start"))
    let other = try program.run("catalog", "mig", "a30", "--next", "1g.6gb", "--mix", path)
    #expect(other.code == 2 && other.errors.contains("cuts no a30 by MIG"), "\(other.errors)")
    #expect(try program.run("catalog", "mig", "h100", "--mix", "1g.10gb=1").code == 64)
    let wrong = try program.run("catalog", "mig", "h100", "--next", "1g.10gb", "--mix", "1g.10gb=0")
    #expect(wrong.errors.contains("a mix is PROFILE=COUNT"), "\(wrong.errors)")
  }

  @Test("a full GPU has no place, and the answer says so")
  func full() throws {
    let outcome = try program.run("catalog", "mig", "h100", "--next", "1g.10gb", "--beside", "7g.80gb@0")
    #expect(
      outcome.output.contains("nowhere: something is in the way of each of its starts (0, 1, 2, 3, 4, 5, 6)")
    )
  }

  @Test(
    arguments: [
      ("1g.10gb@7", "1g.10gb starts at slot 0, 1, 2, 3, 4, 5, 6"),
      ("1g.10gb@0,2g.20gb@0", "'2g.20gb@0' overlaps"),
      ("1g.5gb@0", "'1g.5gb' is no MIG profile of h100-80gb-sxm; did you mean 1g.10gb?"),
      ("1g.10gb", "an instance is PROFILE@START"),
    ]
  )
  func refused(list: String, what: String) throws {
    let outcome = try program.run("catalog", "mig", "h100", "--next", "1g.10gb", "--beside", list)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(what), "\(outcome.errors)")
    #expect(try program.run("catalog", "mig", "h100", "--beside", list).code == 64)
  }
}
