import Engine
import SimulationKernel
import Workload

/// Virtual clusters on one node, walked minute by minute: admission by quota,
/// sleep and waking, and a queue in which later jobs may pass.
struct NaiveTenancy {
  enum Place { case unseen, outside, queued, running, done }
  enum Stage { case awake, asleep, waking }

  struct Job {
    var arrival: Int64
    var length: Int64
    var gpus: Int64
    var cluster: Int
    /// Thousandths of a CPU; nil and 0: the pod does not say.
    var request: Int64 = 0
    var limit: Int64?
    var place = Place.unseen
    var start: Int64 = -1
    var end: Int64 = -1
    var interruptions: UInt32 = 0
    /// Its start's place among all starts: ends at an instant come in this order.
    var turn = 0
  }

  struct Cluster {
    var quotaGPUs: Int64
    var quotaPods: Int64
    var rule: SleepRule?
    /// `limits.cpu`, and what a limit range gives to pods that state no limit.
    var quotaLimit: Int64 = .max
    var defaultLimit: Int64?
    var stage = Stage.awake
    var lastAccess: Int64 = 0
    var awakeAt: Int64 = -1
    var asleep: Int64 = 0
    var sleeps: Int64 = 0
  }

  var jobs: [Job]
  var clusters: [Cluster]
  var gpus: Int64
  private var turns = 0
  private static let minute: Int64 = 60_000_000_000

  init(jobs: [Job], clusters: [Cluster], gpus: Int64) {
    self.jobs = jobs
    self.clusters = clusters
    self.gpus = gpus
  }

  mutating func run(until horizon: Int64) {
    for now in 0...horizon {
      for j in jobs.indices.sorted(by: { jobs[$0].turn < jobs[$1].turn })
      where jobs[j].place == .running && jobs[j].start + jobs[j].length == now {
        jobs[j].place = .done
        jobs[j].end = now
        admit(jobs[j].cluster)
      }
      for c in clusters.indices {
        if clusters[c].stage == .waking, clusters[c].awakeAt == now { awake(c, now) }
        if fires(clusters[c].rule?.wakeAt, now), clusters[c].stage == .asleep { wake(c, now) }
      }
      for c in clusters.indices {
        if fires(clusters[c].rule?.sleepAt, now), clusters[c].stage != .asleep { sleep(c) }
        if let after = clusters[c].rule?.afterInactivity, clusters[c].stage == .awake, now % 5 == 0,
          (now - clusters[c].lastAccess) * Self.minute >= after.nanoseconds
        {
          sleep(c)
        }
      }
      for j in jobs.indices where jobs[j].arrival == now { arrive(j, now) }
      for j in jobs.indices where jobs[j].place == .queued && jobs[j].gpus <= free {
        jobs[j].place = .running
        jobs[j].start = now
        turns += 1
        jobs[j].turn = turns
      }
      if now < horizon {
        for c in clusters.indices where clusters[c].stage == .asleep { clusters[c].asleep += 1 }
      }
    }
  }

  private var free: Int64 { gpus - jobs.reduce(0) { $0 + ($1.place == .running ? $1.gpus : 0) } }

  private func fires(_ cron: CronSchedule?, _ now: Int64) -> Bool {
    now > 0 && cron?.next(after: now * Self.minute - 1) == now * Self.minute
  }

  private func fits(_ j: Int) -> Bool {
    let c = jobs[j].cluster
    let counted = jobs.filter { $0.cluster == c && ($0.place == .queued || $0.place == .running) }
    return counted.reduce(0) { $0 + $1.gpus } + jobs[j].gpus <= clusters[c].quotaGPUs
      && Int64(counted.count) < clusters[c].quotaPods
      && counted.reduce(0) { $0 + limit($1) } + limit(jobs[j]) <= clusters[c].quotaLimit
  }

  /// What the pod may use at most: as it says, as the limit range says, or what
  /// it requests.
  private func limit(_ job: Job) -> Int64 { job.limit ?? clusters[job.cluster].defaultLimit ?? job.request }

  private mutating func admit(_ c: Int) {
    guard clusters[c].stage == .awake else { return }
    for j in jobs.indices where jobs[j].cluster == c && jobs[j].place == .outside && fits(j) {
      jobs[j].place = .queued
    }
  }

  private mutating func arrive(_ j: Int, _ now: Int64) {
    let c = jobs[j].cluster
    if let rule = clusters[c].rule {
      clusters[c].lastAccess = now
      if clusters[c].stage == .asleep, rule.wakesOnAccess { wake(c, now) }
    }
    jobs[j].place = clusters[c].stage == .awake && fits(j) ? .queued : .outside
  }

  private mutating func wake(_ c: Int, _ now: Int64) {
    guard case .constant(let seconds)? = clusters[c].rule?.latency else { return }
    clusters[c].stage = .waking
    clusters[c].awakeAt = now + Int64(seconds) / 60
    if clusters[c].awakeAt == now { awake(c, now) }
  }

  private mutating func awake(_ c: Int, _ now: Int64) {
    clusters[c].stage = .awake
    clusters[c].lastAccess = now
    admit(c)
  }

  private mutating func sleep(_ c: Int) {
    clusters[c].stage = .asleep
    clusters[c].sleeps += 1
    for j in jobs.indices
    where jobs[j].cluster == c && (jobs[j].place == .queued || jobs[j].place == .running) {
      if jobs[j].place == .running {
        jobs[j].interruptions += 1
        jobs[j].start = -1
      }
      jobs[j].place = .outside
    }
  }
}
