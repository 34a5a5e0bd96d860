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
