import GRDB
import Workload

/// The run's tables of tenants, classes and shapes, filled as replications
/// mention new ones.
///
/// Each replication interns its own names in its own order; in the database
/// a name has one number a run, so that replications can be compared by it.
struct NameTables {
  /// Database ids by a job table's own index.
  struct Columns {
    var tenants: [Int64]
    var classes: [Int64]
    var shapes: [Int64]
  }

  private struct Shape: Hashable {
    var shape: JobShape
    var relaxation: [WishRelaxation]
    var accepts: String
    var constraints: String
    var device: DeviceDemand
  }

  private let run: Int64
  private var tenants: [String: Int64] = [:]
  private var classes: [String: Int64] = [:]
  private var shapes: [Shape: Int64] = [:]

  init(run: Int64) { self.run = run }

  /// The ids of everything that `jobs` mentions; new names are inserted.
  mutating func ids(of jobs: JobTable, in db: Database) throws -> Columns {
    let run = run
    return Columns(
      tenants: try jobs.tenants.map { name in
        try Self.id(of: name, in: &tenants) {
          try db.execute(sql: "INSERT INTO tenant VALUES (?, ?, ?)", arguments: [run, $0, name])
        }
      },
      classes: try jobs.classes.map { name in
        try Self.id(of: name, in: &classes) {
          try db.execute(sql: "INSERT INTO job_class VALUES (?, ?, ?)", arguments: [run, $0, name])
        }
      },
      shapes: try jobs.shapes.map { shape in
        let relaxation = jobs.relaxation(of: shape)
        var key = Shape(
          shape: shape,
          relaxation: relaxation,
          accepts: jobs.modelSets[Int(shape.models.rawValue)],
          constraints: jobs.constraints[Int(shape.constraints.rawValue)].text,
          device: jobs.deviceDemand(of: shape)
        )
        key.shape.models = .any
        key.shape.relaxation = 0
        key.shape.constraints = .none
        key.shape.device = 0
        return try Self.id(of: key, in: &shapes) {
          try db.execute(
            sql: "INSERT INTO job_shape VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
              run, $0, shape.cpuMilli, shape.memoryMiB, shape.gpuCount, shape.milliGPUPerDevice, key.accepts,
              shape.workers, shape.wish.name, WishRelaxation.text(relaxation), key.constraints,
            ]
          )
          guard key.device != .none else { return }
          try db.execute(
            sql: "INSERT INTO shape_device VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
              run, $0, key.device.profile, key.device.memoryMiB, key.device.computeMilli,
              key.device.assumedFillMilli,
              key.device.kernels.name, key.device.isolation.name,
            ]
          )
        }
      }
    )
  }

  private static func id<Key>(
    of key: Key,
    in table: inout [Key: Int64],
    insert: (Int64) throws -> Void
  ) rethrows -> Int64 {
    if let id = table[key] { return id }
    let id = Int64(table.count)
    try insert(id)
    table[key] = id
    return id
  }
}
