import GRDB
import Outcome

/// Writes the lives of nodes that come and go; nothing where none do.
struct NodeLifeWriter {
  let db: Database
  let replication: Int64
  /// Thrown out of the transaction when it says true.
  let isCancelled: () -> Bool

  /// The groups are those of the run: every replication has the same.
  static func writePools(_ outcome: RunOutcome, run: Int64, in db: Database) throws {
    for (number, pool) in outcome.autoNodes.enumerated() {
      try db.execute(
        sql: "INSERT INTO node_pool VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [
          run, number, pool.name, pool.gpusPerNode, pool.pricePerHour, pool.committedNanoseconds != nil,
        ]
      )
    }
  }

  func write(_ outcome: RunOutcome) throws {
    guard !outcome.autoNodes.isEmpty else { return }
    let lives = NodeLives(outcome)
    try write(lives.all)
    try write(outcome.nodeDisruptions)
    var rows = try RowInserter(db, into: "node_eviction", columns: 6)
    for (eviction, ending) in zip(outcome.nodeEvictions, lives.evictions) {
      rows.bind(replication)
      rows.bind(eviction.attempt)
      rows.bind(eviction.node)
      rows.bind(lives.all[ending.life].number)
      rows.bind(eviction.removal.rawValue)
      rows.bind(orNull: ending.disruption.map(Int64.init) ?? -1)
      try rows.insert()
    }
  }

  private func write(_ lives: [NodeLife]) throws {
    var rows = try RowInserter(db, into: "node_life", columns: 8)
    var parts = try RowInserter(db, into: "node_stage", columns: 7)
    for (place, life) in lives.enumerated() {
      if place % RunWriter.rowsBetweenLooks == 0, isCancelled() { throw CancellationError() }
      rows.bind(replication)
      rows.bind(life.node)
      rows.bind(life.number)
      rows.bind(life.group)
      rows.bind(life.purpose.rawValue)
      rows.bind(life.from)
      rows.bind(orNull: life.to ?? -1)
      rows.bind(orNull: life.removal.map { Int64($0.rawValue) } ?? -1)
      try rows.insert()
      for (position, part) in life.parts.enumerated() {
        parts.bind(replication)
        parts.bind(life.node)
        parts.bind(life.number)
        parts.bind(position)
        parts.bind(part.stage.rawValue)
        parts.bind(part.from)
        parts.bind(orNull: part.to ?? -1)
        try parts.insert()
      }
    }
  }

  private func write(_ disruptions: [NodeDisruption]) throws {
    var rows = try RowInserter(db, into: "node_disruption", columns: 6)
    var nodes = try RowInserter(db, into: "disrupted_node", columns: 4)
    for (number, decided) in disruptions.enumerated() {
      if number % RunWriter.rowsBetweenLooks == 0, isCancelled() { throw CancellationError() }
      rows.bind(replication)
      rows.bind(number)
      rows.bind(decided.atNanoseconds)
      rows.bind(decided.removal.rawValue)
      rows.bind(decided.pricePerHour)
      rows.bind(decided.replacementPricePerHour)
      try rows.insert()
      for (comes, list) in [decided.nodes, decided.replacements].enumerated() {
        for node in list {
          nodes.bind(replication)
          nodes.bind(node)
          nodes.bind(number)
          nodes.bind(comes)
          try nodes.insert()
        }
      }
    }
  }
}
