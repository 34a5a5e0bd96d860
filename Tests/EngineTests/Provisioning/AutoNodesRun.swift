import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Runs on nodes that come and go, in few words. Times are seconds.
struct AutoNodesRun {
  var groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)]
  var pools = [AutoNodes.Pool(name: "pool")]
  var end = 3_600.0

  static func nanoseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1e9).rounded()) }

  static func job(_ gpus: Int32, at arrival: Double, for duration: Double) -> JobSketch {
    .gpu(gpus, at: nanoseconds(arrival), for: nanoseconds(duration))
  }

  /// 80 jobs of one GPU a worker over 12,000 s; in half of the draws, gangs.
  static func randomJobs(_ draws: inout SplitMix) -> [JobSketch] {
    let hasGangs = Bool.random(using: &draws)
    return (0..<80).map { _ in
      JobSketch(
        arrival: nanoseconds(Double.random(in: 0..<12_000, using: &draws)),
        duration: nanoseconds(Double.random(in: 10..<3_000, using: &draws)),
        cpu: Int32.random(in: 0...8_000, using: &draws),
        gpus: 1,
        workers: hasGangs ? Int32.random(in: 1...3, using: &draws) : 1
      )
    }.sorted { $0.arrival < $1.arrival }
  }

  func input(_ jobs: [JobSketch], _ change: (inout SimulationInput) -> Void = { _ in }) -> SimulationInput {
    var all: [NodeSketch] = []
    var spec = AutoNodes(pools: pools, groups: [])
    for (number, (nodes, adjust)) in groups.enumerated() {
      var group = AutoNodes.Group(name: "g\(number)", nodes: all.count..<all.count + nodes.count, pool: 0)
      adjust(&group)
      spec.groups.append(group)
      all += nodes
    }
    return EngineTests.input(all, jobs).with {
      $0.horizon = SimTime(nanoseconds: Self.nanoseconds(end))
      $0.bucket = SimDuration(nanoseconds: Self.nanoseconds(end))
      $0.queue = .fifo(headOfLineBlocking: false)
      $0.autoNodes = spec
      change(&$0)
    }
  }

  func callAsFunction(_ jobs: [JobSketch], _ change: (inout SimulationInput) -> Void = { _ in }) throws
    -> RunOutcome
  {
    try Simulation.run(input(jobs, change))
  }
}

extension RunOutcome {
  /// When each job started last, seconds.
  var startSeconds: [Double] { jobs.startNanoseconds.map { Double($0) / 1e9 } }

  /// Node-seconds in each stage of all groups.
  func stageSeconds(_ stage: AutoNodeTotals.Stage) -> Double {
    Double(autoNodes.reduce(Int128(0)) { $0 + $1.nodeNanoseconds[stage.rawValue] }) / 1e9
  }

  func removed(_ reason: NodeRemoval) -> Int64 {
    autoNodes.reduce(0) { $0 + $1.removedBy[reason.rawValue] }
  }

  func evicted(_ reason: NodeRemoval) -> Int64 {
    autoNodes.reduce(0) { $0 + $1.evictions[reason.rawValue] }
  }

  /// GPU-seconds of work lost.
  func lostSeconds(_ reason: NodeRemoval) -> Double {
    Double(autoNodes.reduce(Int128(0)) { $0 + $1.lostMilliNanoseconds[reason.rawValue] }) / 1e12
  }
}

/// Whether every stage of every node follows from the one before, and the
/// stages' times are those of the totals.
func checkLives(_ outcome: RunOutcome, _ input: SimulationInput, _ comment: Comment) {
  checkNodeLives(outcome, input, comment)
  var sums = Array(repeating: Int128(0), count: AutoNodeTotals.Stage.allCases.count)
  var byNode: [Int32: [NodeStageChange]] = [:]
  for change in outcome.nodeStages { byNode[change.node, default: []].append(change) }
  let from = input.measuredFrom.nanoseconds
  for group in input.autoNodes!.groups where group.launch == .constant(0) {
    // Launches without delays pass the stages of starting at once.
    for n in group.nodes {
      let changes = byNode[Int32(n)] ?? []
      for (position, change) in changes.enumerated() {
        let end = position + 1 < changes.count ? changes[position + 1].atNanoseconds : outcome.end.nanoseconds
        if let stage = change.stage {
          sums[stage.rawValue] += Int128(max(0, end - max(from, change.atNanoseconds)))
        }
        if position > 0 {
          let previous = changes[position - 1].stage
          let follows: Bool
          switch change.stage {
          case .launching: follows = previous == nil
          case .up: follows = previous == .launching || previous == .cordoned || previous == .failed
          case .cordoned: follows = previous == .up || previous == .failed
          case .failed: follows = previous == .up || previous == .cordoned
          case .draining: follows = previous == .cordoned
          case .terminating: follows = [.up, .draining, .launching, .failed].contains(previous)
          case nil: follows = previous == .terminating
          case .joining, .gpuStack: follows = false
          }
          #expect(follows, "\(comment): node \(n) came from \(String(describing: previous)) to \(change)")
        }
      }
    }
    let totals = outcome.autoNodes.first { $0.name == group.name }!
    #expect(totals.removed == totals.removedBy.reduce(0, +), "\(comment)")
  }
  let all = outcome.autoNodes.reduce(Int128(0)) { $0 + $1.allNodeNanoseconds }
  let stages = AutoNodeTotals.Stage.allCases.map { stage in
    outcome.autoNodes.reduce(Int128(0)) { $0 + $1.nodeNanoseconds[stage.rawValue] }
  }
  #expect(stages.reduce(0, +) == all, "\(comment)")
  if input.autoNodes!.groups.allSatisfy({ $0.launch == .constant(0) }) {
    for stage in [AutoNodeTotals.Stage.up, .cordoned, .draining, .terminating, .failed] {
      let total = outcome.autoNodes.reduce(Int128(0)) { $0 + $1.nodeNanoseconds[stage.rawValue] }
      #expect(sums[stage.rawValue] == total, "\(comment): \(stage)")
    }
  }
}
