import Foundation
import TestSupport
import Testing

@testable import headroom

@Suite("Who shares GPUs with whom")
struct SharedTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  private struct Document: Decodable {
    struct Tenant: Decodable {
      var tenant: String
      var aloneGpuH: Double
      var amongItsOwnGpuH: Double
      var withOthersGpuH: Double
      var mostForeignJobs: Int
    }
    var tenants: [Tenant]
    var pairs: [Pair]
    struct Pair: Decodable {}
  }

  private func document(_ db: String) throws -> Document {
    let outcome = try program.run("shared", "--db", db, "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Document.self, from: Data(outcome.output.utf8))
  }

  private func run(_ demand: String, _ sharing: String) throws -> String {
    let db = scratch.path("\(demand)-\(sharing).sqlite")
    let outcome = try program.run(
      "run",
      "scenarios/isolation.yaml",
      "--db",
      db,
      "--quiet",
      "--set",
      "workload.classes.endpoint.demand.isolation=\(demand)",
      "--set",
      "policy.sharing=\(sharing)"
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    return db
  }

  @Test("isolation by GPU leaves nobody on a GPU with others, and sharing does")
  func isolation() throws {
    let apart = try document(try run("gpu", "mig"))
    #expect(apart.tenants.count == 6 && apart.pairs.isEmpty)
    #expect(
      apart.tenants.allSatisfy { $0.withOthersGpuH == 0 && $0.amongItsOwnGpuH == 0 && $0.aloneGpuH > 0 }
    )
    let together = try document(try run("none", "fractions"))
    #expect(together.pairs.count == 15)
    // Eight to a card.
    #expect(together.tenants.allSatisfy { $0.withOthersGpuH > 0 && $0.mostForeignJobs <= 7 })
    #expect(together.tenants.contains { $0.mostForeignJobs == 7 })
  }

  @Test("the table names who met whom; a replication that is not there ends with 2")
  func text() throws {
    let db = try run("none", "fractions")
    let outcome = try program.run("shared", "1", "--db", db)
    #expect(outcome.output.contains("customer-a  customer-b"))
    #expect(outcome.output.contains("and 3 more pairs"))
    #expect(try program.run("shared", "1", "--db", db, "--replication", "3").code == 2)
    #expect(try program.run("shared", "7", "--db", db).code == 2)
  }

  @Test("the summary tells what sharing slowed, and explain which instance a job had")
  func summaryAndStory() throws {
    let db = scratch.path("story.sqlite")
    let slowed = try program.run("run", "scenarios/notebooks.yaml", "--db", db)
    let lines = slowed.output.split(separator: "\n").map(String.init)
    let table = try #require(lines.firstIndex { $0.hasPrefix("Slowed by sharing") })
    #expect(lines[table + 1].hasPrefix("  all jobs"))
    // Teaching has notebooks only, and those run at full speed.
    #expect(lines[table + 3].hasPrefix("  tenant teaching") && lines[table + 3].contains("1.00 x  1.00 x"))
    let alone = try program.run("run", "scenarios/isolation.yaml", "--db", db)
    #expect(!alone.output.contains("Slowed by sharing"))
    let story = try program.run("explain", "2", "0", "--db", db)
    #expect(story.output.contains(", 1g.10gb at slot "), "\(story.output)")
  }
}
