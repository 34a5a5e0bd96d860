/// A run of a job that was stopped because its node went, or failed (`unhealthy`,
/// whether the node was mended or went).
public struct NodeEviction: Hashable, Sendable {
  /// The run: a position in ``RunOutcome/interruptedAttempts``.
  public var attempt: Int32
  /// The node; a gang may have lain on others too.
  public var node: Int32
  public var removal: NodeRemoval

  public init(attempt: Int32, node: Int32, removal: NodeRemoval) {
    self.attempt = attempt
    self.node = node
    self.removal = removal
  }
}

/// One life of a node that comes and goes, from the request until it is gone.
public struct NodeLife: Hashable, Sendable {
  /// What a node was asked for.
  public enum Purpose: Int, Hashable, Sendable, CaseIterable {
    /// It existed when the run began.
    case initial = 0
    /// Jobs waited, or room was to be kept free.
    case demand = 1
    /// So many nodes of its group are kept whatever waits.
    case kept = 2
    /// It replaces nodes that were chosen to go.
    case replacement = 3

    /// Its name in results.
    public var name: String {
      switch self {
      case .initial: "initial"
      case .demand: "demand"
      case .kept: "kept"
      case .replacement: "replacement"
      }
    }
  }

  /// A stretch in one stage; none has no length.
  public struct Part: Hashable, Sendable {
    public var stage: AutoNodeTotals.Stage
    public var from: Int64
    /// nil: it is in this stage when the run ends.
    public var to: Int64?
  }

  public var node: Int32
  /// Its group: a position in ``RunOutcome/autoNodes``.
  public var group: Int
  /// Which of the node's lives, from 0.
  public var number: Int
  public var purpose: Purpose
  /// What it is part of replacing: a position in
  /// ``RunOutcome/nodeDisruptions``.
  public var replacesIn: Int?
  public var from: Int64
  /// When it was gone; nil: it exists when the run ends.
  public var to: Int64?
  /// Why it went, or goes; nil: it stays.
  public var removal: NodeRemoval?
  public var parts: [Part] = []
}

/// The lives of all nodes of a run that come and go, in the order of their
/// beginnings, and which of them had to stop work.
///
/// They cover the whole run, not only its measured window.
public struct NodeLives: Sendable {
  /// What an entry of ``RunOutcome/nodeEvictions`` was part of.
  public struct Ending: Hashable, Sendable {
    /// A position in ``NodeLives/all``.
    public var life: Int
    /// The decision that led to it, a position in
    /// ``RunOutcome/nodeDisruptions``; nil: nobody chose the node.
    public var disruption: Int?
  }

  public private(set) var all: [NodeLife] = []
  /// By entry of ``RunOutcome/nodeEvictions``.
  public private(set) var evictions: [Ending] = []

  /// By node: its lives, in order.
  private var livesOf: [[Int]] = []
  /// By node: until when it launches, and until when it joins, as planned.
  private var planned: [(running: Int64?, joined: Int64?)] = []

  public init(_ outcome: RunOutcome) {
    let nodes = outcome.autoNodes.map(\.nodes.upperBound).max() ?? 0
    livesOf = Array(repeating: [], count: nodes)
    planned = Array(repeating: (nil, nil), count: nodes)
    var groupOf = Array(repeating: 0, count: nodes)
    for (number, group) in outcome.autoNodes.enumerated() { for n in group.nodes { groupOf[n] = number } }
    var chosenIn = Array(repeating: [Int](), count: nodes)
    var comesIn = chosenIn
    for (number, decided) in outcome.nodeDisruptions.enumerated() {
      for node in decided.nodes { chosenIn[Int(node)].append(number) }
      for node in decided.replacements { comesIn[Int(node)].append(number) }
    }
    for change in outcome.nodeStages {
      let n = Int(change.node)
      if isAbsent(n) {
        let replaces = comesIn[n].last { outcome.nodeDisruptions[$0].atNanoseconds == change.atNanoseconds }
        let isKept = outcome.autoNodes[groupOf[n]].isKept
        let purpose: NodeLife.Purpose =
          change.stage != .launching ? .initial : replaces != nil ? .replacement : isKept ? .kept : .demand
        livesOf[n].append(all.count)
        all.append(
          NodeLife(
            node: change.node,
            group: groupOf[n],
            number: livesOf[n].count - 1,
            purpose: purpose,
            replacesIn: change.stage == .launching ? replaces : nil,
            from: change.atNanoseconds
          )
        )
        planned[n] = (change.runningNanoseconds, change.joinedNanoseconds)
      }
      note(change, in: livesOf[n][livesOf[n].count - 1])
    }
    for place in all.indices where all[place].to == nil {
      leaveStage(place, at: outcome.end.nanoseconds, isEnd: true)
    }
    evictions = outcome.nodeEvictions.map { eviction in
      let n = Int(eviction.node)
      let time = outcome.interruptedAttempts[Int(eviction.attempt)].endNanoseconds
      let life = livesOf[n].last { all[$0].from <= time }!
      let disruption = chosenIn[n].last {
        let decided = outcome.nodeDisruptions[$0]
        return decided.removal == eviction.removal && (all[life].from...time).contains(decided.atNanoseconds)
      }
      return Ending(life: life, disruption: disruption)
    }
  }

  private func isAbsent(_ n: Int) -> Bool { livesOf[n].last.map { all[$0].to != nil } ?? true }

  private mutating func note(_ change: NodeStageChange, in life: Int) {
    leaveStage(life, at: change.atNanoseconds, isEnd: false)
    all[life].removal = change.removal
    if let stage = change.stage {
      all[life].parts.append(NodeLife.Part(stage: stage, from: change.atNanoseconds, to: nil))
    } else {
      all[life].to = change.atNanoseconds
    }
  }

  /// Ends the last stretch of a life; what is a launch in the changes is
  /// divided as it was planned.
  private mutating func leaveStage(_ life: Int, at now: Int64, isEnd: Bool) {
    guard let last = all[life].parts.popLast() else { return }
    var ends: [(stage: AutoNodeTotals.Stage, end: Int64)] = [(last.stage, now)]
    if last.stage == .launching {
      let plan = planned[Int(all[life].node)]
      ends = [(.launching, plan.running ?? .max), (.joining, plan.joined ?? .max), (.gpuStack, .max)]
    }
    var from = last.from
    for (stage, end) in ends where from < now {
      let to = min(end, now)
      if to > from {
        all[life].parts.append(NodeLife.Part(stage: stage, from: from, to: isEnd && to == now ? nil : to))
      }
      from = to
    }
  }
}
