import Hardware
import Workload

/// Rates at which jobs do their work, by where they lie, and what each has
/// left: kept where some job's speed depends on its place.
///
/// All in whole numbers. A rate counts millionths of a second's work at full
/// speed (or of a step) per second; work is rate x time, so a job of a duration
/// has `duration x 1,000,000` to do and one of steps `steps x 10^15`. The rate
/// of a run is fixed at its start. A run takes ceil(work left / rate) ns, so
/// the runs of a job do at least its work and less than that of one nanosecond
/// too much.
final class JobSpeeds {
  private let left: Column<Int128>
  /// Of the present or last run; 0 before the first.
  private let rate: Column<Int64>
  /// By job: the largest rate that it can have.
  private let best: Column<Int64>
  /// By job: its position among the rows of `rates`, or -1.
  private let row: Column<Int32>
  /// By kind of job that counts steps, model and span.
  private let rates: [Int64]
  private let modelCount: Int
  private let speed: [UInt8]
  private let speeds: [PlacementSpeed]

  init(_ jobs: JobTable, fleet: Fleet) {
    struct Kind: Hashable {
      var table: Int32
      var gpus: Int64
      var models: ModelSetID
    }
    modelCount = max(1, fleet.gpuModels.count)
    speed = jobs.speed
    speeds = jobs.speeds
    left = Column(repeating: 0, count: jobs.count)
    rate = Column(repeating: 0, count: jobs.count)
    best = Column(repeating: PlacementSpeed.full, count: jobs.count)
    row = Column(repeating: -1, count: jobs.count)
    var numbers: [Kind: Int32] = [:]
    var fastest: [Int64] = []
    var rates: [Int64] = []
    for job in 0..<jobs.count {
      guard let work = jobs.stepWork, work.steps[job] > 0 else {
        left[job] = Int128(jobs.duration[job].nanoseconds) * Int128(PlacementSpeed.full)
        continue
      }
      let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
      let kind = Kind(table: work.table[job], gpus: jobs.gpus(of: job), models: shape.models)
      if numbers[kind] == nil {
        let table = work.tables[Int(kind.table)]
        let accepted = fleet.accepted(jobs.modelNames(shape.models))
        numbers[kind] = Int32(fastest.count)
        fastest.append(table.best(gpus: kind.gpus, on: accepted) ?? 1)
        for model in 0..<modelCount {
          for span in PlacementSpan.allCases {
            let entry = table.row(gpu: fleet.gpuModels[model], gpus: kind.gpus, span: span)
            rates.append(entry?.microstepsPerSecond ?? 0)
          }
        }
      }
      left[job] = Int128(work.steps[job]) * 1_000_000_000_000_000
      row[job] = numbers[kind]!
      best[job] = fastest[Int(numbers[kind]!)]
    }
    self.rates = rates
  }

  /// The job's rate on GPUs of these models (a mask; the slowest counts) in
  /// this span, joined by this fabric.
  func rate(_ job: Int, models: UInt64, span: PlacementSpan, fabric: Fabric) -> Int64 {
    guard row[job] >= 0 else {
      let number = speed.isEmpty ? 0 : Int(speed[job])
      return number == 0 ? PlacementSpeed.full : speeds[number - 1][span, fabric]
    }
    var slowest = Int64.max
    for model in 0..<modelCount where models & (1 << UInt64(model)) != 0 {
      let position = (Int(row[job]) * modelCount + model) * PlacementSpan.allCases.count + Int(span.rawValue)
      slowest = min(slowest, rates[position])
    }
    return slowest
  }

  func begin(_ job: Int, rate new: Int64) {
    precondition(new > 0, "a job was placed where it has no speed")
    rate[job] = new
  }

  /// How long the work left takes at the present rate, ns.
  func length(_ job: Int) -> Int64 { time(job, rate[job]) }

  /// The same at the job's best rate.
  func bestLength(_ job: Int) -> Int64 { time(job, best[job]) }

  /// The same once so much time of the present run has been kept.
  func bestLength(_ job: Int, after kept: Int64) -> Int64 {
    left[job] = max(0, left[job] - Int128(rate[job]) * Int128(kept))
    return bestLength(job)
  }

  /// The same if so much time of the present run were kept.
  func bestLength(_ job: Int, ifDone kept: Int64) -> Int64 {
    time(max(0, left[job] - Int128(rate[job]) * Int128(kept)), best[job])
  }

  private func time(_ job: Int, _ rate: Int64) -> Int64 { time(left[job], rate) }

  private func time(_ work: Int128, _ rate: Int64) -> Int64 {
    let time = (work + Int128(rate) - 1) / Int128(rate)
    // Beyond the latest instant, and far from overflow.
    return Int64(min(time, Int128(1) << 61))
  }

  /// The rate of the job's present or last run.
  func rate(of job: Int) -> Int64 { rate[job] }

  /// By job: the rate of its present or last run, 0 if it never ran; and its
  /// best.
  var presentRates: [Int64] { rate.array() }
  var bestRates: [Int64] { best.array() }

  /// Why the speeds do not go with the fleet, or nil.
  static func problem(_ input: SimulationInput) -> String? {
    let jobs = input.jobs
    if !jobs.speed.isEmpty && jobs.speed.count != jobs.count {
      return "the job table's columns differ in length"
    }
    if jobs.speed.contains(where: { Int($0) > jobs.speeds.count }) {
      return "a job names a speed that its table does not list"
    }
    if let problem = jobs.speeds.lazy.compactMap(\.problem).first { return problem }
    guard let work = jobs.stepWork else { return nil }
    if let problem = work.problem(jobs: jobs.count) { return problem }
    if case .rounds = input.queue { return nil }
    for job in 0..<jobs.count where work.steps[job] > 0 {
      let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
      let table = work.tables[Int(work.table[job])]
      let name = jobs.name(JobID(rawValue: Int32(job)))
      if jobs.kind[job] == .service { return "job \(name) counts steps, but is a replica of a service" }
      if shape.gpuCount == 0 || shape.milliGPUPerDevice < 1000 {
        return "job \(name) counts steps, but asks for no whole GPUs"
      }
      let gpus = jobs.gpus(of: job)
      for model in input.fleet.accepted(jobs.modelNames(shape.models))
      where PlacementSpan.allCases.contains(where: { table.row(gpu: model, gpus: gpus, span: $0) == nil }) {
        return
          "the throughput table '\(table.name)' has no speed of \(gpus) GPUs \(model), which job \(name) accepts"
      }
    }
    return nil
  }
}

extension Fleet {
  /// The fleet's models among these names; all when none is named.
  func accepted(_ names: [String]) -> [String] {
    names.isEmpty ? gpuModels : gpuModels.filter(names.contains)
  }
}

/// Where a running job lies, as far as its speed depends on it.
extension EventLoop {
  func rateWhereItLies(_ job: Int, _ speeds: JobSpeeds) -> Int64 {
    let topology = self.topology!
    let first = part(of: job, 0).node
    var span = PlacementSpan.node
    var fabric = topology.fabricOf[first]
    var models: UInt64 = 1 << UInt64(cluster.modelIndex(first))
    for position in 1..<max(1, partCount(job)) {
      let node = part(of: job, position).node
      if node == first { continue }
      let own: PlacementSpan =
        topology.domainOf[node] == topology.domainOf[first]
        ? .nvlinkDomain : topology.rackOf[node] == topology.rackOf[first] ? .rack : .fleet
      span = max(span, own)
      fabric = max(fabric, topology.fabricOf[node])
      models |= 1 << UInt64(cluster.modelIndex(node))
    }
    return speeds.rate(job, models: models, span: span, fabric: fabric)
  }
}
