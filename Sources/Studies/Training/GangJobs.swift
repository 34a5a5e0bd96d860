import Engine
import Hardware
import SimulationKernel
import Workload

/// Jobs of whole GPUs that start and end together, as the training studies
/// list them.
///
/// Columns, by name: `job_id` (ascending, also the order of ties), `submit_s`
/// (seconds, not descending), `duration_s` (seconds, at least 1, when nothing
/// interrupts) and `gpus`; `vc`, the virtual cluster, where the study has
/// them. Other columns are left aside.
struct GangJobs {
  struct Job {
    var id: Int64
    /// Seconds.
    var submit: Int64
    var duration: Int64
    var gpus: Int32
    /// Empty without virtual clusters.
    var virtualCluster: String
  }

  var jobs: [Job]

  /// The longest time that a file may name, seconds: 36 years.
  static let latestSecond = SimTime.latest.nanoseconds / 1_000_000_000
  /// More GPUs than any fleet has.
  private static let mostGPUs: Int64 = 1_000_000

  init(path: String, hasVirtualClusters: Bool = false) throws {
    var reader = try CSVReader(path: path, expecting: ["job_id", "submit_s", "duration_s", "gpus"])
    let id = try reader.column("job_id")
    let submit = try reader.column("submit_s")
    let duration = try reader.column("duration_s")
    let gpus = try reader.column("gpus")
    let cluster = hasVirtualClusters ? try reader.column("vc") : nil
    jobs = []
    while try reader.next() {
      let job = Job(
        id: try reader.integer(id, in: 0...Int64.max),
        submit: try reader.integer(submit, in: 0...Self.latestSecond),
        duration: try reader.integer(duration, in: 1...Self.latestSecond),
        gpus: Int32(try reader.integer(gpus, in: 1...Self.mostGPUs)),
        virtualCluster: try cluster.map { try reader.nonEmptyText($0) } ?? ""
      )
      if let last = jobs.last { try reader.expectOrder(id, last.id, job.id, submit, last.submit, job.submit) }
      jobs.append(job)
    }
  }

  init(_ jobs: [Job]) { self.jobs = jobs }

  /// The jobs of one virtual cluster.
  func inVirtualCluster(_ name: String) -> GangJobs { GangJobs(jobs.filter { $0.virtualCluster == name }) }

  /// The study's numbers.
  var ids: [Int64] { jobs.map(\.id) }

  /// The jobs as gangs of workers with one GPU each.
  func table(wish: PlacementWish) -> JobTable {
    var builder = StudyTableBuilder(jobs.map(\.id))
    for job in jobs {
      builder.append(
        submit: job.submit,
        duration: job.duration,
        shape: JobShape(
          cpuMilli: 0,
          memoryMiB: 0,
          gpuCount: 1,
          milliGPUPerDevice: 1000,
          workers: job.gpus,
          wish: wish
        )
      )
    }
    return builder.table
  }
}

extension CSVReader {
  /// Refuses a row whose number or time lies before that of the row above:
  /// numbers settle ties, so the order of the file must be theirs.
  func expectOrder(
    _ id: Int,
    _ lastID: Int64,
    _ thisID: Int64,
    _ submit: Int,
    _ lastSubmit: Int64,
    _ thisSubmit: Int64
  ) throws {
    if thisID <= lastID {
      throw error(
        at: id,
        .outOfRange(column: header[id], found: "\(thisID)", accepted: "more than \(lastID), the row above")
      )
    }
    if thisSubmit < lastSubmit {
      throw error(
        at: submit,
        .outOfRange(
          column: header[submit],
          found: "\(thisSubmit)",
          accepted: "at least \(lastSubmit), the row above"
        )
      )
    }
  }
}
