import Hardware
import SimulationKernel
import Workload

/// By what the PAI study estimates a job's duration: the mean over the jobs
/// of its user, group, or group and GPU request. Raw values are columns.
enum PAIEstimate: String {
  case user = "user_dur"
  case group = "group_dur"
  case groupAndGPUs = "group_gpu_dur"
}

/// The jobs of the PAI study.
///
/// Columns, by name: `job_id` (ascending), `num_inst` (instances, placed all
/// or none), `num_cpu` and `num_gpu` (of one instance, up to two decimals;
/// above one GPU whole), `gpu_type`, `submit_time` (seconds, not descending),
/// `duration` (seconds; below 1 counts as 1), and the columns of
/// ``PAIEstimate`` (seconds).
struct PAIJobs {
  struct Job {
    var id: Int64
    /// Seconds.
    var submit: Int64
    var duration: Int64
    var instances: Int32
    /// Hundredths, of one instance.
    var cpus: Int32
    var gpus: Int32
    var gpuType: String
    var estimates: [PAIEstimate: SimDuration]
  }

  private(set) var jobs: [Job] = []
  private static let estimates: [PAIEstimate] = [.user, .group, .groupAndGPUs]

  init(path: String) throws {
    var reader = try CSVReader(
      path: path,
      expecting: ["job_id", "num_inst", "num_cpu", "num_gpu", "gpu_type", "submit_time", "duration"]
    )
    let id = try reader.column("job_id")
    let instances = try reader.column("num_inst")
    let cpu = try reader.column("num_cpu")
    let gpu = try reader.column("num_gpu")
    let type = try reader.column("gpu_type")
    let submit = try reader.column("submit_time")
    let duration = try reader.column("duration")
    let estimates = try Self.estimates.map { ($0, try reader.column($0.rawValue)) }
    while try reader.next() {
      let gpus = try reader.hundredths(gpu)
      if gpus > 100, gpus % 100 != 0 {
        throw reader.error(
          at: gpu,
          .contradiction("\(Double(gpus) / 100) GPUs are neither a part of one nor whole", hint: "round them")
        )
      }
      let job = Job(
        id: try reader.integer(id, in: 0...Int64.max),
        submit: try reader.integer(submit, in: 0...GangJobs.latestSecond),
        duration: max(1, try reader.integer(duration, in: 0...GangJobs.latestSecond)),
        instances: Int32(try reader.integer(instances, in: 1...1_000_000)),
        cpus: try reader.hundredths(cpu),
        gpus: gpus,
        gpuType: try reader.nonEmptyText(type),
        estimates: try Dictionary(
          uniqueKeysWithValues: estimates.map {
            ($0, SimDuration(nanoseconds: try reader.nanoseconds($1)))
          }
        )
      )
      if let last = jobs.last { try reader.expectOrder(id, last.id, job.id, submit, last.submit, job.submit) }
      jobs.append(job)
    }
  }

  var ids: [Int64] { jobs.map(\.id) }

  /// - Parameters:
  ///   - estimate: the column of estimates, or nil.
  ///   - bindsV100: jobs that name V100 accept nothing else.
  ///   - sixtyAMinute: job k in the order of arrival arrives at
  ///     60 x floor(k / 60) seconds instead of its own time.
  func table(estimate: PAIEstimate?, bindsV100: Bool, sixtyAMinute: Bool) -> JobTable {
    var builder = StudyTableBuilder(ids)
    let v100 = bindsV100 ? builder.modelSet("V100") : .any
    for (position, job) in jobs.enumerated() {
      let isPart = job.gpus < 100
      builder.append(
        submit: sixtyAMinute ? Int64(position / 60 * 60) : job.submit,
        duration: job.duration,
        shape: JobShape(
          cpuMilli: job.cpus * 10,
          memoryMiB: 0,
          gpuCount: isPart ? min(1, job.gpus) : job.gpus / 100,
          milliGPUPerDevice: isPart ? job.gpus * 10 : 1000,
          models: bindsV100 && job.gpuType == "V100" ? v100 : .any,
          workers: job.instances,
          wish: .anywhere
        ),
        estimate: estimate.flatMap { job.estimates[$0] }
      )
    }
    return builder.table
  }
}

extension CSVReader {
  /// A quantity in hundredths, rounded.
  fileprivate func hundredths(_ field: Int) throws -> Int32 {
    let largest = 10_000.0
    let text = try nonEmptyText(field)
    guard let value = Double(text), (0...largest).contains(value) else {
      throw error(
        at: field,
        .notANumber(column: header[field], found: text, accepted: "a number from 0 to \(Int(largest))")
      )
    }
    return Int32((100 * value).rounded(.toNearestOrEven))
  }
}
