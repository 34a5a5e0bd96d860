import Engine
import Hardware

/// Quotas, limit ranges and what a project allows.
struct TenancyLimitBuilder {
  var gpus: GPUNames
  var built: BuiltFleet?

  /// false: something is wrong.
  func read(
    _ node: Decoded,
    _ file: VClusterFile?,
    into cluster: inout Tenancy.Cluster,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    let quota = node["quota"]
    let range = node["limitRange"]
    let usesQuota = quota?["preset"]?.text == "vcluster"
    let usesRange = range?["preset"]?.text == "vcluster"
    // Switching one of vCluster's on switches the other on.
    cluster.quota = usesQuota || usesRange && quota == nil ? .vCluster : file?.quota ?? ClusterQuota()
    cluster.limits = usesRange || usesQuota && range == nil ? .vCluster : file?.limits ?? PodLimitRange()
    if let gpus = quota?["gpus"] { cluster.quota.milliGPU = gpus.integer * 1000 }
    if let cpu = quota?["cpu"] { cluster.quota.cpuMilli = Int64(cpu.milliCPU) }
    if let memory = quota?["memory"] { cluster.quota.memoryMiB = Int64(memory.mebibytes) }
    if let pods = quota?["pods"] { cluster.quota.pods = pods.integer }
    if let cpu = quota?["cpuLimit"] { cluster.quota.limitCPUMilli = Int64(cpu.milliCPU) }
    if let memory = quota?["memoryLimit"] { cluster.quota.limitMemoryMiB = Int64(memory.mebibytes) }
    if let cpu = range?["defaultCPU"] { cluster.limits.defaultCPUMilli = cpu.milliCPU }
    if let memory = range?["defaultMemory"] { cluster.limits.defaultMemoryMiB = memory.mebibytes }
    if let cpu = range?["defaultCPULimit"] { cluster.limits.defaultCPULimitMilli = cpu.milliCPU }
    if let memory = range?["defaultMemoryLimit"] { cluster.limits.defaultMemoryLimitMiB = memory.mebibytes }
    if let cpu = range?["maxCPU"] { cluster.limits.mostCPUMilli = cpu.milliCPU }
    if let memory = range?["maxMemory"] { cluster.limits.mostMemoryMiB = memory.mebibytes }
    guard agrees(node, cluster, &diagnostics) else { return false }
    cluster.limits.fillDefaults()
    return allows(node, into: &cluster, &diagnostics)
  }

  private func agrees(_ node: Decoded, _ cluster: Tenancy.Cluster, _ diagnostics: inout DiagnosticList)
    -> Bool
  {
    let limits = cluster.limits
    let quota = cluster.quota
    func fail(_ hint: String, _ text: String) -> Bool {
      let at = node["limitRange"] ?? node["quota"] ?? node["from"] ?? node
      diagnostics.add(at.blame, at.keyPath, text, hint: hint)
      return false
    }
    if let problem = limits.problem { return fail(problem.hint, problem.message) }
    if let hard = quota.cpuMilli, Int64(limits.defaultCPUMilli) > hard {
      return fail("lower defaultCPU", "the default CPU of a pod is above the quota of the cluster")
    }
    if let hard = quota.memoryMiB, Int64(limits.defaultMemoryMiB) > hard {
      return fail("lower defaultMemory", "the default memory of a pod is above the quota of the cluster")
    }
    if let hard = quota.limitCPUMilli, Int64(limits.defaultCPULimitMilli) > hard {
      return fail("lower defaultCPULimit", "the default CPU limit of a pod is above the quota of the cluster")
    }
    if let hard = quota.limitMemoryMiB, Int64(limits.defaultMemoryLimitMiB) > hard {
      return fail(
        "lower defaultMemoryLimit",
        "the default memory limit of a pod is above the quota of the cluster"
      )
    }
    return true
  }

  /// Models of the fleet that only a trace names.
  private var foreignModels: [String] {
    (built?.fleet.gpuModels ?? []).filter {
      gpus.own[$0] == nil && GPUCatalogue.builtin.model(named: $0) == nil
    }
  }

  private func allows(
    _ node: Decoded,
    into cluster: inout Tenancy.Cluster,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let allow = node["allow"], allow.isSound else { return true }
    for gpu in allow["gpus"]?.elements ?? [] {
      guard let name = gpus.resolve(gpu, alsoKnown: foreignModels, into: &diagnostics) else {
        return false
      }
      cluster.gpuModels.append(name)
    }
    guard let pools = allow["pools"], let built else { return true }
    cluster.allowedNodes = []
    for pool in pools.elements {
      guard let range = built.pools[pool.text] else {
        let known = built.pools.keys.sorted()
        diagnostics.add(
          pool.origin,
          pool.keyPath,
          "unknown pool of nodes; found '\(pool.text)'; accepted: \(known.joined(separator: ", "))",
          hint: Hint.didYouMean(pool.text, among: known)
        )
        return false
      }
      cluster.allowedNodes! += range
    }
    return true
  }
}
