import GRDB
import Hardware
import Outcome
import SimulationKernel
import Workload

/// Writes one run inside the caller's transaction.
struct RunWriter {
  private let db: Database
  private let run: Int64
  /// Thrown out of the transaction when it says true.
  private let isCancelled: () -> Bool

  /// How many job rows are written between two looks at `isCancelled`: a few
  /// milliseconds' worth.
  static let rowsBetweenLooks = 4096

  /// Inserts `record` and returns its id. `batch` is the first run of the same
  /// command; nil when this is it.
  static func write(
    _ record: RunRecord,
    batch: Int64?,
    in db: Database,
    isCancelled: @escaping () -> Bool
  ) throws -> Int64 {
    let header = record.header
    let run = try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) + 1 FROM run") ?? 1
    try db.execute(
      sql: "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        run, batch ?? run, header.name, header.description, header.question, header.scenario, header.policy,
        String(header.seed), header.version,
      ]
    )
    try db.execute(
      sql: "INSERT INTO run_wall VALUES (?, ?, ?, ?, ?)",
      arguments: [
        run, record.wall.startedAt, record.wall.seconds, record.wall.threads, record.wall.host,
      ]
    )
    let writer = RunWriter(db: db, run: run, isCancelled: isCancelled)
    try writer.write(record.fleet)
    if let first = record.replications.first {
      try NodeLifeWriter.writePools(first.outcome, run: run, in: db)
    }
    var names = NameTables(run: run)
    for replication in record.replications {
      try writer.write(replication, fleet: record.fleet, names: &names)
    }
    return run
  }

  private init(db: Database, run: Int64, isCancelled: @escaping () -> Bool) {
    self.db = db
    self.run = run
    self.isCancelled = isCancelled
  }

  /// The label of places that machines of other nodes take while on loan.
  static let loanLabel = "headroom/for-loans"

  private func write(_ fleet: Fleet) throws {
    for (index, name) in fleet.gpuModels.enumerated() {
      try db.execute(sql: "INSERT INTO gpu_model VALUES (?, ?, ?)", arguments: [run, index, name])
    }
    var rows = try RowInserter(db, into: "node", columns: 7)
    for (index, node) in fleet.nodes.enumerated() {
      rows.bind(run)
      rows.bind(index)
      rows.bind(node.name)
      rows.bind(node.cpuMilli)
      rows.bind(node.memoryMiB)
      rows.bind(node.gpuCount)
      rows.bind(orNull: node.gpuModel.map { Int64($0.rawValue) } ?? -1)
      try rows.insert()
    }
    for (index, node) in fleet.nodes.enumerated() {
      let loans = node.isForLoans ? [NodeLabel(Self.loanLabel, "true")] : []
      for label in node.labels + loans {
        try db.execute(
          sql: "INSERT INTO node_label VALUES (?, ?, ?, ?)",
          arguments: [run, index, label.key, label.value]
        )
      }
      for (position, taint) in node.taints.enumerated() {
        try db.execute(
          sql: "INSERT INTO node_taint VALUES (?, ?, ?, ?, ?, ?)",
          arguments: [run, index, position, taint.key, taint.value, taint.effect.rawValue]
        )
      }
    }
    guard fleet.hasPlaces else { return }
    for (index, node) in fleet.nodes.enumerated() {
      try db.execute(
        sql: "INSERT INTO node_place VALUES (?, ?, ?, ?, ?)",
        arguments: [
          run, index, node.place.rack.map { fleet.racks[Int($0)] }, node.place.nvlinkDomain,
          node.place.fabric.name,
        ]
      )
    }
  }

  private func write(_ record: ReplicationRecord, fleet: Fleet, names: inout NameTables) throws {
    let outcome = record.outcome
    let prefix: String? = if case .numbered(let prefix) = record.jobs.names { prefix } else { nil }
    let id = try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) + 1 FROM replication") ?? 1
    try db.execute(
      sql: "INSERT INTO replication VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        id, run, outcome.replication, String(outcome.seed), FingerprintText.hexadecimal(outcome.fingerprint),
        outcome.eventCount, outcome.measuredFrom.nanoseconds, outcome.end.nanoseconds,
        outcome.bucket.nanoseconds, record.jobs.count, prefix, outcome.snapshot.largestJobOnOneNode,
        outcome.snapshot.largestGang, outcome.snapshot.fgdMilliGPU, outcome.snapshot.freeMilliGPU,
      ]
    )
    let columns = try names.ids(of: record.jobs, in: db)
    try writeJobs(record, replication: id, ids: columns)
    try WaitWriter(db: db, replication: id, isCancelled: isCancelled).write(record, ids: columns)
    try TotalsWriter(db: db, replication: id).write(outcome, tenantIDs: columns.tenants)
    try NodeLifeWriter(db: db, replication: id, isCancelled: isCancelled).write(outcome)
    var metrics = try RowInserter(db, into: "metric", columns: 6)
    for (position, metric) in record.metrics.enumerated() {
      metrics.bind(id)
      metrics.bind(position)
      metrics.bind(metric.name)
      metrics.bind(metric.scope)
      metrics.bind(metric.unit)
      metrics.bind(metric.value)
      try metrics.insert()
    }
  }

  private func writeJobs(_ record: ReplicationRecord, replication: Int64, ids: NameTables.Columns) throws {
    let jobs = record.jobs
    let fate = record.outcome.jobs
    var rows = try RowInserter(db, into: "job", columns: 24)
    for job in 0..<jobs.count {
      if job % Self.rowsBetweenLooks == 0, isCancelled() { throw CancellationError() }
      rows.bind(replication)
      rows.bind(job)
      rows.bind(ids.tenants[Int(jobs.tenant[job].rawValue)])
      rows.bind(ids.classes[Int(jobs.jobClass[job].rawValue)])
      rows.bind(ids.shapes[Int(jobs.shape[job].rawValue)])
      rows.bind(jobs.kind[job].rawValue)
      rows.bind(jobs.priority[job])
      rows.bind(jobs.busyMilli[job])
      rows.bind(jobs.arrival[job].nanoseconds)
      rows.bind(jobs.duration[job].nanoseconds)
      rows.bind(orNull: jobs.estimate.isEmpty ? -1 : jobs.estimate[job].nanoseconds)
      rows.bind(fate.state[job].rawValue)
      rows.bind(fate.cause[job].rawValue)
      rows.bind(orNull: fate.firstStartNanoseconds[job])
      rows.bind(orNull: fate.startNanoseconds[job])
      rows.bind(orNull: fate.endNanoseconds[job])
      rows.bind(orNull: Int64(fate.node[job].rawValue))
      rows.bind(fate.gpuMask[job])
      rows.bind(fate.interruptions[job])
      rows.bind(fate.preemptions[job])
      rows.bind(fate.overheadNanoseconds.isEmpty ? 0 : fate.overheadNanoseconds[job])
      rows.bind(fate.relaxed.isEmpty ? 0 : fate.relaxed[job])
      let steps = jobs.stepWork?.steps[job] ?? 0
      rows.bind(orNull: steps > 0 ? steps : -1)
      let rate = fate.rate.isEmpty ? 0 : fate.rate[job]
      rows.bind(orNull: fate.speedMillionths(job, rate: rate) ?? -1)
      try rows.insert()
    }
    try LifeWriter(db: db, replication: replication, isCancelled: isCancelled).write(record)
    try InstanceWriter(db: db, replication: replication, isCancelled: isCancelled).write(fate)
    if !fate.pieceCount.isEmpty {
      var pieces = try PieceInserter(db, into: "job_piece", replication: replication)
      for job in 0..<jobs.count {
        if job % Self.rowsBetweenLooks == 0, isCancelled() { throw CancellationError() }
        try pieces.insert(record.outcome, first: fate.firstPiece[job], count: fate.pieceCount[job], of: job)
      }
    }
    guard case .listed(let list) = jobs.names else { return }
    var nameRows = try RowInserter(db, into: "job_name", columns: 3)
    for (job, name) in list.enumerated() {
      if job % Self.rowsBetweenLooks == 0, isCancelled() { throw CancellationError() }
      nameRows.bind(replication)
      nameRows.bind(job)
      nameRows.bind(name)
      try nameRows.insert()
    }
  }
}
