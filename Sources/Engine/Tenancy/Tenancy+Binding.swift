import Hardware
import Workload

extension Tenancy {
  /// The label and taint of nodes that are kept for one cluster.
  static let dedicatedKey = "headroom/dedicated"
  static let privateKey = "headroom/private"
  /// The label of nodes that a cluster may have, with its name behind.
  private static let allowedKey = "headroom/allowed-"

  /// Marks the nodes of clusters, and gives the jobs of their tenants what
  /// follows: default requests, GPU models, and the nodes that they may have.
  ///
  /// Others are kept off dedicated nodes by a taint, so that a job that
  /// tolerates every taint gets there; and off private ones whatever they
  /// tolerate.
  public func bind(_ fleet: inout Fleet, _ jobs: inout JobTable) {
    for cluster in clusters {
      let key = cluster.nodes == .private ? Self.privateKey : Self.dedicatedKey
      if cluster.nodes != .shared {
        for n in cluster.ownNodes {
          fleet.nodes[n].add(NodeLabel(key, cluster.name))
          fleet.nodes[n].taints.append(NodeTaint(key: key, value: cluster.name, effect: .noSchedule))
        }
      }
      for n in cluster.allowedNodes ?? [] {
        fleet.nodes[n].add(NodeLabel(Self.allowedKey + cluster.name, "true"))
      }
    }
    let clusterOf = clusterOf(jobs.tenants)
    let hasPrivate = clusters.contains { $0.nodes == .private && !$0.ownNodes.isEmpty }
    struct Key: Hashable {
      var shape: ShapeID
      var cluster: Int32
    }
    var known: [Key: ShapeID] = [:]
    for job in 0..<jobs.count {
      let key = Key(shape: jobs.shape[job], cluster: clusterOf[Int(jobs.tenant[job].rawValue)])
      if known[key] == nil {
        let old = jobs.shapes[Int(key.shape.rawValue)]
        let new = bound(old, to: Int(key.cluster), &jobs, hasPrivate: hasPrivate)
        if new == old {
          known[key] = key.shape
        } else if let same = jobs.shapes.firstIndex(of: new) {
          known[key] = ShapeID(rawValue: Int32(same))
        } else {
          jobs.shapes.append(new)
          known[key] = ShapeID(rawValue: Int32(jobs.shapes.count - 1))
        }
      }
      jobs.shape[job] = known[key]!
    }
  }

  private func bound(_ shape: JobShape, to c: Int, _ jobs: inout JobTable, hasPrivate: Bool) -> JobShape {
    var result = shape
    var constraints = jobs.constraints[Int(shape.constraints.rawValue)]
    let own = c >= 0 ? clusters[c] : nil
    if hasPrivate, own?.nodes != .private, constraints.tolerations.contains(where: { $0.key == nil }) {
      let off = LabelExpression(Self.privateKey, .doesNotExist)
      if constraints.required.isEmpty { constraints.required = [LabelTerm([])] }
      for term in constraints.required.indices { constraints.required[term].expressions.append(off) }
    }
    if let own {
      let filled = own.limits.filled(shape, jobs.podLimits(of: shape))
      result = filled.shape
      result.limits = jobs.podLimit(filled.limits)
      if own.nodes != .shared {
        let key = own.nodes == .private ? Self.privateKey : Self.dedicatedKey
        constraints.select(NodeLabel(key, own.name))
        constraints.tolerations.append(Toleration(key: key, value: own.name))
      }
      if own.allowedNodes != nil { constraints.select(NodeLabel(Self.allowedKey + own.name, "true")) }
      if shape.gpuCount > 0, !own.gpuModels.isEmpty {
        let accepted = jobs.modelNames(shape.models)
        let both = accepted.isEmpty ? own.gpuModels : accepted.filter(own.gpuModels.contains)
        // None left: the cluster refuses the job, and says what it asked for.
        if !both.isEmpty { result.models = jobs.modelSet(both) }
      }
    }
    result.constraints = jobs.constraintsID(constraints)
    return result
  }
}

extension SimulationInput {
  /// Its nodes and jobs as the virtual clusters make them. The tables as they
  /// were given stay those of the results.
  func withClusters() -> SimulationInput {
    guard let tenancy else { return self }
    var copy = self
    tenancy.bind(&copy.fleet, &copy.jobs)
    return copy
  }
}

extension NodeSpec {
  fileprivate mutating func add(_ label: NodeLabel) {
    labels.removeAll { $0.key == label.key }
    labels.append(label)
    labels.sort()
  }
}

extension JobConstraints {
  fileprivate mutating func select(_ label: NodeLabel) {
    selector.append(label)
    selector.sort()
  }
}

extension JobTable {
  fileprivate mutating func constraintsID(_ wanted: JobConstraints) -> ConstraintsID {
    if let known = constraints.firstIndex(of: wanted) { return ConstraintsID(rawValue: Int32(known)) }
    constraints.append(wanted)
    return ConstraintsID(rawValue: Int32(constraints.count - 1))
  }

  fileprivate mutating func modelSet(_ names: [String]) -> ModelSetID {
    let text = names.joined(separator: "|")
    if let known = modelSets.firstIndex(of: text) { return ModelSetID(rawValue: Int32(known)) }
    modelSets.append(text)
    return ModelSetID(rawValue: Int32(modelSets.count - 1))
  }
}
