import Hardware
import Workload

/// The nodes of a fleet in classes: what a job accepts and prefers is the same
/// for all nodes of a class.
///
/// A class is a GPU model, told apart further where the constraints of some
/// job tell nodes of that model apart. Labels that no job looks at therefore
/// make no classes, and neither do labels that all jobs judge alike. A fleet
/// without taints whose jobs state no constraints has one class for each GPU
/// model, in the same order.
///
/// Nodes without GPUs count as of model 0: no request for GPUs fits on them
/// whatever their class.
struct NodeClasses {
  /// By node.
  let classOf: [UInt8]
  /// By class: its GPU model, 0 in a fleet without GPUs.
  let models: [Int]
  /// By class, then by constraints of the job table.
  private let views: [[View]]
  private let modelNames: [String]

  /// What one set of constraints says of a node, whatever its GPU model.
  private struct View: Hashable {
    var isAdmitted: Bool
    var disliked = 0
    var missedWeight = 0
  }

  var count: Int { models.count }

  /// One class for each GPU model.
  init(byModelOf fleet: Fleet) {
    classOf = fleet.nodes.map { $0.gpuModel?.rawValue ?? 0 }
    modelNames = fleet.gpuModels
    models = Array(0..<max(1, fleet.gpuModels.count))
    views = models.map { _ in [View(isAdmitted: true)] }
  }

  /// - Complexity: O(nodes + d x constraints), d being the number of different
  ///   sets of labels and taints.
  /// - Throws: ``SimulationError/invalidInput(_:)`` for more than 64 classes.
  init(_ fleet: Fleet, _ constraints: [JobConstraints]) throws {
    struct Marks: Hashable {
      var labels: [NodeLabel]
      var taints: [NodeTaint]
    }
    let looksAtLabels = constraints.contains {
      !$0.selector.isEmpty || !$0.required.isEmpty || !$0.preferred.isEmpty
    }
    var numberOfMarks: [Marks: Int] = [:]
    var numberOfViews: [[View]: Int] = [:]
    var allViews: [[View]] = []
    var viewsOfMarks: [Int] = []
    var viewsOfNode: [Int] = []
    for node in fleet.nodes {
      let marks = Marks(labels: looksAtLabels ? node.labels : [], taints: node.taints)
      if numberOfMarks[marks] == nil {
        let seen = constraints.map { constraint -> View in
          let liking = constraint.preference(node, model: nil)
          return View(
            isAdmitted: constraint.admits(node),
            disliked: liking.taints,
            missedWeight: liking.missedWeight
          )
        }
        if numberOfViews[seen] == nil {
          numberOfViews[seen] = allViews.count
          allViews.append(seen)
        }
        numberOfMarks[marks] = viewsOfMarks.count
        viewsOfMarks.append(numberOfViews[seen]!)
      }
      viewsOfNode.append(viewsOfMarks[numberOfMarks[marks]!])
    }
    // By model, then by first appearance; a model that no node has keeps its
    // place.
    var number: [[Int]: UInt8] = [:]
    var classes: [(model: Int, views: [View])] = []
    let model = fleet.nodes.map { Int($0.gpuModel?.rawValue ?? 0) }
    for m in 0..<max(1, fleet.gpuModels.count) {
      let first = classes.count
      for n in fleet.nodes.indices where model[n] == m && number[[m, viewsOfNode[n]]] == nil {
        guard classes.count < Fleet.maximumNodeClasses else {
          throw SimulationError.invalidInput(
            "labels and taints part the nodes into more than \(Fleet.maximumNodeClasses) classes that jobs tell apart; "
              + "use fewer different selectors, affinities and tolerations, or fewer label values in them"
          )
        }
        number[[m, viewsOfNode[n]]] = UInt8(classes.count)
        classes.append((m, allViews[viewsOfNode[n]]))
      }
      if classes.count == first { classes.append((m, constraints.map { _ in View(isAdmitted: true) })) }
    }
    guard classes.count <= Fleet.maximumNodeClasses else {
      throw SimulationError.invalidInput(
        "a fleet has at most \(Fleet.maximumNodeClasses) GPU models and classes of nodes"
      )
    }
    classOf = fleet.nodes.indices.map { number[[model[$0], viewsOfNode[$0]]]! }
    models = classes.map(\.model)
    views = classes.map(\.views)
    modelNames = fleet.gpuModels
  }

  /// What a shape of the job table accepts.
  func acceptance(of shape: JobShape, modelNames names: [String]) -> Acceptance {
    var result = Acceptance()
    let own = views.map { $0[Int(shape.constraints.rawValue)] }
    if !names.isEmpty && shape.gpuCount > 0 {
      result.byModel = mask {
        modelNames.indices.contains(models[$0]) && names.contains(modelNames[models[$0]])
      }
    }
    if own.contains(where: { !$0.isAdmitted }) { result.byConstraint = mask { own[$0].isAdmitted } }
    return result
  }

  /// The sets of classes that a shape tries one after the other, each with the
  /// one before in it, without the last, which is all that it accepts; empty
  /// when it likes all that it accepts alike.
  func preferences(of shape: JobShape, _ constraints: JobConstraints, accepts: UInt64) -> [UInt64] {
    let own = views.map { $0[Int(shape.constraints.rawValue)] }
    let liking = models.indices.map { c in
      let name = modelNames.isEmpty ? nil : modelNames[models[c]]
      let place = shape.gpuCount == 0 ? nil : name.flatMap { constraints.preferredModels.firstIndex(of: $0) }
      return JobConstraints.Preference(
        modelPlace: place ?? constraints.preferredModels.count,
        taints: own[c].disliked,
        missedWeight: own[c].missedWeight
      )
    }
    let accepted = models.indices.filter { accepts >> UInt64($0) & 1 != 0 }
    let steps = Set(accepted.map { liking[$0] }).sorted()
    return steps.dropLast().map { step in
      accepted.reduce(0) { liking[$1] <= step ? $0 | 1 << UInt64($1) : $0 }
    }
  }

  private func mask(_ isIn: (Int) -> Bool) -> UInt64 {
    models.indices.reduce(0) { isIn($1) ? $0 | 1 << UInt64($1) : $0 }
  }
}

/// The classes of nodes that a request accepts, with what excludes the others
/// kept apart.
struct Acceptance: BitwiseCopyable, Hashable {
  /// Classes of accepted GPU models; all ones: any.
  var byModel = UInt64.max
  /// Classes that selector, affinity and tolerations let in; all ones: any.
  var byConstraint = UInt64.max

  /// Classes accepted for both reasons; all ones: any.
  var both: UInt64 { byModel & byConstraint }
}
