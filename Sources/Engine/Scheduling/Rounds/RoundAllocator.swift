/// What a policy of rounds knows when shares are found anew.
struct RoundDemand {
  struct Job {
    /// Its number: ascending by arrival.
    var id: Int32
    /// GPUs, all of one model.
    var gpus: Double
    var weight: Double
    /// Steps per second by GPU model.
    var throughput: [Double]
    var stepsLeft: Double
    /// Seconds since its arrival.
    var age: Double
  }

  /// The unfinished jobs, by arrival.
  var jobs: [Job]
  /// GPUs of each model.
  var gpus: [Double]
  /// Names of the models.
  var models: [String]

  /// Every job's equal part of all GPUs, scaled down to at most all its time.
  func equalShare(_ job: Job) -> [Double] {
    let parts = gpus.map { $0 / Double(jobs.count) / job.gpus }
    let sum = max(1, parts.reduce(0, +))
    return parts.map { $0 / sum }
  }
}

/// Finds the shares of time that jobs get: by job of the demand, then by GPU
/// model, 0 ... 1 each and in sum.
protocol RoundAllocator: AnyObject {
  func shares(_ demand: RoundDemand) -> [[Double]]
}
