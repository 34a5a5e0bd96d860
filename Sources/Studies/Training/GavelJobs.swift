import Hardware
import SimulationKernel
import Workload

/// The measured speeds of the Gavel study.
///
/// Columns of `throughput_isolated.csv`, by name: `gpu_type` (lower case; those
/// with a suffix are left aside), `job_type`, `scale_factor` (GPUs) and
/// `steps_per_s` (of the whole job; 0 where it cannot run).
struct GavelSpeeds {
  /// In the order in which rounds hand GPUs out.
  static let models = ["V100", "P100", "K80"]

  struct Kind: Hashable {
    var jobType: String
    var gpus: Int64
  }

  /// One for each kind of job.
  private(set) var tables: [ThroughputTable] = []
  private(set) var number: [Kind: Int] = [:]

  init(path: String) throws {
    var reader = try CSVReader(
      path: path,
      expecting: ["gpu_type", "job_type", "scale_factor", "steps_per_s"]
    )
    let type = try reader.column("gpu_type")
    let job = try reader.column("job_type")
    let gpus = try reader.column("scale_factor")
    let speed = try reader.column("steps_per_s")
    while try reader.next() {
      let name = try reader.nonEmptyText(type)
      guard let model = Self.models.firstIndex(where: { $0.lowercased() == name }) else { continue }
      let kind = Kind(
        jobType: try reader.nonEmptyText(job),
        gpus: try reader.integer(gpus, in: 1...GavelJobs.mostGPUs)
      )
      let text = try reader.nonEmptyText(speed)
      guard let value = Double(text), (0...1e9).contains(value) else {
        throw reader.error(
          at: speed,
          .notANumber(column: "steps_per_s", found: text, accepted: "a number from 0 to 1e9")
        )
      }
      if number[kind] == nil {
        number[kind] = tables.count
        tables.append(ThroughputTable(name: kind.jobType, rows: []))
      }
      let row = ThroughputTable.Row(
        gpu: Self.models[model],
        gpus: kind.gpus,
        span: .fleet,
        stepsPerSecond: value
      )
      tables[number[kind]!].rows.removeAll { $0.gpu == row.gpu }
      tables[number[kind]!].rows.append(row)
    }
  }
}

/// The jobs of the Gavel study.
///
/// Columns, by name: `job_id` (ascending), `job_type`, `total_steps`,
/// `scale_factor` (GPUs, all of one model), `priority_weight` and `arrival_s`
/// (seconds with decimals, not descending).
struct GavelJobs {
  private(set) var ids: [Int64] = []
  private(set) var table: JobTable
  static let mostGPUs: Int64 = 1024

  /// - Parameter models: those of the fleet.
  init(path: String, speeds: GavelSpeeds, models: [String]) throws {
    var reader = try CSVReader(
      path: path,
      expecting: ["job_id", "job_type", "total_steps", "scale_factor", "priority_weight", "arrival_s"]
    )
    let fields = try ["job_id", "job_type", "total_steps", "scale_factor", "priority_weight", "arrival_s"]
      .map { try reader.column($0) }
    var builder = StudyTableBuilder([])
    var work = StepWork()
    work.tables = speeds.tables
    var last: (id: Int64, arrival: Int64)?
    while try reader.next() {
      let id = try reader.integer(fields[0], in: 0...Int64.max)
      let arrival = try reader.nanoseconds(fields[5])
      if let last { try reader.expectOrder(fields[0], last.id, id, fields[5], last.arrival, arrival) }
      last = (id, arrival)
      let gpus = try reader.integer(fields[3], in: 1...Self.mostGPUs)
      let kind = GavelSpeeds.Kind(jobType: try reader.nonEmptyText(fields[1]), gpus: gpus)
      let steps = try reader.integer(fields[2], in: 1...1_000_000_000_000)
      let text = try reader.nonEmptyText(fields[4])
      guard let weight = Double(text), weight > 0, weight <= 1e6 else {
        throw reader.error(
          at: fields[4],
          .notANumber(column: "priority_weight", found: text, accepted: "a number above 0, at most 1e6")
        )
      }
      guard let number = speeds.number[kind],
        let fastest = speeds.tables[number].rows.filter({ models.contains($0.gpu) }).map(\.stepsPerSecond)
          .max(), fastest > 0
      else {
        throw reader.error(
          at: fields[1],
          .contradiction(
            "'\(kind.jobType)' on \(gpus) GPUs has no speed on \(models.joined(separator: ", "))",
            hint: "add it to throughput_isolated.csv"
          )
        )
      }
      ids.append(id)
      work.steps.append(steps)
      work.table.append(Int32(number))
      work.weight.append(weight)
      let nanoseconds = (Double(steps) / fastest * 1e9).rounded(.up)
      builder.append(
        at: SimTime(nanoseconds: arrival),
        for: SimDuration(nanoseconds: max(1, Int64(min(nanoseconds, 1e18)))),
        shape: JobShape(
          cpuMilli: 0,
          memoryMiB: 0,
          gpuCount: 1,
          milliGPUPerDevice: 1000,
          workers: Int32(gpus),
          wish: .anywhere
        )
      )
    }
    table = builder.table
    table.names = .listed(ids.map { String($0) })
    table.stepWork = work
  }
}
