import Outcome
import Workload

/// Which nodes shapes prefer, and which combinations of constraints and
/// policies are refused.
extension PreparedRun {
  /// The requests that shapes try before their own.
  struct Tiers {
    /// By shape: positions among all requests; empty when no shape has any.
    var numbers: [[Int32]] = []
    var requests: [Request] = []
    var wishes: [PlacementWish] = []
  }

  /// A preference under which the empty fleet could not hold the job is left
  /// out.
  static func tiers(
    _ jobs: JobTable,
    _ workers: [Request],
    _ classes: NodeClasses,
    _ burst: BurstPlan?,
    _ isPossible: (Request, PlacementWish) -> Bool
  ) -> Tiers {
    var result = Tiers()
    result.numbers = jobs.shapes.indices.map { position in
      let shape = jobs.shapes[position]
      var own = workers[position]
      func preferences(_ accepted: UInt64) -> [UInt64] {
        classes.preferences(
          of: shape,
          jobs.constraints[Int(shape.constraints.rawValue)],
          accepts: accepted
        )
      }
      var sets = preferences(own.classes)
      if let burst, burst.sitesOf[position] != 0 {
        // Home as a whole before the next site, whatever the job likes there.
        sets = burst.order(position).flatMap { site -> [UInt64] in
          let there = own.classes & burst.classesOf[site]
          return there == 0 ? [] : preferences(there) + [there]
        }
      }
      return sets.compactMap { set in
        own.classes = set
        guard isPossible(own, shape.wish) else { return nil }
        result.requests.append(own)
        result.wishes.append(shape.wish)
        return Int32(workers.count + result.requests.count - 1)
      }
    }
    if result.requests.isEmpty { result.numbers = [] }
    return result
  }

  /// See ``PreparedRun/probes``.
  ///
  /// A gang with preferences may be laid in smaller pieces on some of its nodes
  /// than on all, and one with rules may open a node by its first workers: there
  /// a node that holds one worker is worth a try.
  static func probes(_ input: SimulationInput, _ gangs: [Gang], _ requests: [Request]) -> [Request] {
    let marks = input.fleet.nodes.lazy.flatMap(\.taints)
    let someAreDisliked = marks.contains { $0.effect == .preferNoSchedule }
    return gangs.indices.map { position in
      var worker = requests[position]
      guard worker.workers > 1, input.jobs.shapes.indices.contains(position) else {
        return gangs[position].probe(worker, requests)
      }
      let stated = input.jobs.constraints[Int(input.jobs.shapes[position].constraints.rawValue)]
      let prefers = someAreDisliked || !stated.preferred.isEmpty || !stated.preferredModels.isEmpty
      worker.obeys = 0
      let triesSites = input.burst != nil
      return prefers || triesSites || requests[position].obeys != 0
        ? worker : gangs[position].probe(worker, requests)
    }
  }

  /// Refuses what the policies cannot keep to exactly.
  static func checkConstraints(
    _ input: SimulationInput,
    _ acceptances: [Acceptance],
    hasTiers: Bool
  ) throws {
    func fail(_ text: String, about part: InputPart = .queue) -> SimulationError {
      .invalidInput(input.places.located(text, about: part))
    }
    let keepsOut = acceptances.contains { $0.byConstraint != .max }
    if case .rounds = input.queue, keepsOut || hasTiers {
      throw fail(
        "a queue in rounds counts GPUs by model: it takes no selectors, affinities, taints or preferences"
      )
    }
    if case .backfill(let spec) = input.queue, spec.reservations == .conservative, keepsOut {
      throw fail(
        "conservative backfill counts GPUs wherever they are: selectors, affinities or taints may keep no job off a node"
      )
    }
    if hasTiers && input.jobs.shapes.contains(where: { $0.relaxation > 0 }) {
      throw fail(
        "jobs with preferences for nodes (preferredModels, preferred affinity, PreferNoSchedule taints) and wishes "
          + "that are relaxed do not go together"
      )
    }
    let holds = input.gangs.holding != nil && input.jobs.shapes.contains { $0.workers > 1 }
    if hasTiers && holds {
      throw fail(
        "gangs that hold places while they wait do not go with preferences for nodes (preferredModels, preferred "
          + "affinity, PreferNoSchedule taints)"
      )
    }
    for constraints in input.jobs.constraints {
      let terms = constraints.required + constraints.preferred.map(\.term)
      if let problem = terms.lazy.flatMap(\.expressions).compactMap(\.problem).first { throw fail(problem) }
      if constraints.tolerations.contains(where: { $0.key == nil && $0.value != nil }) {
        throw fail("a toleration with a value needs a key")
      }
      if constraints.preferred.contains(where: { !(1...100).contains($0.weight) }) {
        throw fail("a preferred term has a weight from 1 to 100")
      }
      if let spread = constraints.rules.spread, spread.maxSkew < 1 { throw fail("maxSkew is at least 1") }
    }
    let bound = input.jobs.shapes.filter {
      input.jobs.wantsNodes || !input.jobs.constraints[Int($0.constraints.rawValue)].rules.isEmpty
    }
    guard !bound.isEmpty else { return }
    switch input.queue {
    case .ordered where input.preemption == nil && !holds, .none: break
    default:
      throw fail(
        "rules between jobs (antiAffinity, affinity, topologySpread, isolation: node) go with queues in which jobs keep what they have: "
          + "no preemption, backfill or rounds, no ageing or fair shares, and no gangs that hold places"
      )
    }
    for shape in bound {
      let rules = input.jobs.constraints[Int(shape.constraints.rawValue)].rules
      if shape.cpuMilli == 0 && shape.memoryMiB == 0 && shape.gpuCount == 0 {
        throw fail("a job that asks for nothing keeps to a rule between jobs")
      }
      if rules.together?.scope == .gang {
        throw fail("the workers of one gang are kept together by its placement, not by affinity")
      }
      guard shape.workers > 1 else { continue }
      if shape.wish != .anywhere {
        throw fail(
          "a gang with placement \(shape.wish.name) keeps to a rule between jobs; accepted: anywhere"
        )
      }
      if rules.together != nil { throw fail("affinity between jobs is for jobs of one worker") }
      if rules.apart != nil && rules.spread != nil {
        throw fail("a gang states antiAffinity and topologySpread; accepted: one of them")
      }
    }
  }
}
