import Hardware

/// Which nodes a job accepts beside what it asks of them, which of them it
/// prefers, and how its workers keep to those of other jobs.
///
/// The rules for single nodes are Kubernetes' (nodeSelector, node affinity,
/// taints and tolerations). Preferences are not weighed against the score of
/// the placement policy as kube-scheduler does: they come first, see
/// ``Preference``.
public struct JobConstraints: Hashable, Sendable {
  /// A preferred term and its weight.
  public struct PreferredTerm: Hashable, Sendable {
    /// 1 ... 100.
    public var weight: Int32
    public var term: LabelTerm

    public init(weight: Int32, term: LabelTerm) {
      self.weight = weight
      self.term = term
    }
  }

  /// Labels that a node must have, each key once, in ascending order.
  public var selector: [NodeLabel] = []
  /// A node must meet one of these; empty: no condition.
  public var required: [LabelTerm] = []
  /// Nodes that meet terms of more weight in sum are tried first.
  public var preferred: [PreferredTerm] = []
  public var tolerations: [Toleration] = []
  /// Nodes with the first of these GPU models are tried first, then those with
  /// the second, and so on, then the other accepted ones.
  public var preferredModels: [String] = []
  /// How the workers keep to those of other jobs.
  public var rules = JobRules()

  public init() {}

  /// Whether nothing is stated.
  public var isEmpty: Bool { self == JobConstraints() }

  /// Whether selector, required terms and tolerations let the job onto the
  /// node, whatever is free on it and whatever its GPU model.
  public func admits(_ node: NodeSpec) -> Bool {
    selector.allSatisfy { node.label($0.key) == $0.value }
      && (required.isEmpty || required.contains { $0.matches(node) })
      && !node.taints.contains { taint in
        taint.effect == .noSchedule && !tolerations.contains { $0.tolerates(taint) }
      }
  }

  /// In which order nodes are tried, the lowest first: by the place of their
  /// GPU model, then by taints of effect PreferNoSchedule that the job does
  /// not tolerate, then by the weight of the preferred terms that they meet.
  public struct Preference: Hashable, Comparable, Sendable {
    public var modelPlace: Int
    public var taints: Int
    public var missedWeight: Int

    public init(modelPlace: Int, taints: Int, missedWeight: Int) {
      self.modelPlace = modelPlace
      self.taints = taints
      self.missedWeight = missedWeight
    }

    public static func < (a: Preference, b: Preference) -> Bool {
      (a.modelPlace, a.taints, a.missedWeight) < (b.modelPlace, b.taints, b.missedWeight)
    }
  }

  /// How much the job likes a node with GPUs of this model (nil: without).
  public func preference(_ node: NodeSpec, model: String?) -> Preference {
    let place = model.flatMap { preferredModels.firstIndex(of: $0) } ?? preferredModels.count
    let disliked = node.taints.count { taint in
      taint.effect == .preferNoSchedule && !tolerations.contains { $0.tolerates(taint) }
    }
    let missed = preferred.reduce(0) { $0 + ($1.term.matches(node) ? 0 : Int($1.weight)) }
    return Preference(modelPlace: place, taints: disliked, missedWeight: missed)
  }
}
