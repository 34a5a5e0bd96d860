import Engine
import Hardware
import SimulationKernel

/// The virtual clusters of a scenario, and what they add to its fleet.
struct BuiltTenancy {
  var tenancy: Tenancy
  /// With the places of machines that move; nil: none do.
  var fleet: Fleet?
  /// Their groups.
  var mounted: [AutoNodes.Group] = []
  var notes: [String] = []
  var zones: TimeZones

  /// Refuses policies with which virtual clusters do not go.
  func refuse(
    _ section: Decoded,
    _ queue: QueueSpec,
    _ preemption: PriorityPreemption?,
    _ gangs: GangMode,
    _ sharing: SharingMode,
    into diagnostics: inout DiagnosticList
  ) {
    let problem = Tenancy.problem(
      queue: queue,
      preemption: preemption,
      gangs: gangs,
      sleeps: tenancy.clusters.contains { $0.sleep != nil },
      quotasGPUs: tenancy.clusters.contains { $0.quota.milliGPU != nil },
      sharing: sharing
    )
    if let problem { diagnostics.add(section.blame, section.keyPath, problem) }
  }

  /// The nodes that come and go, those that are mounted among them.
  func adding(to auto: AutoNodes?) -> AutoNodes? {
    guard !mounted.isEmpty, var result = auto else { return auto }
    for var group in mounted {
      group.pool = result.pools.count
      result.pools.append(AutoNodes.Pool(name: group.name))
      result.groups.append(group)
    }
    return result
  }
}

/// Makes virtual clusters from the section `tenancy`.
struct TenancyBuilder {
  var gpus: GPUNames
  var places: FilePlaces
  /// nil: the fleet is faulty, or comes from elsewhere.
  var built: BuiltFleet?
  /// The section `fleet`.
  var fleet: Decoded?
  var work: WorkSource?
  var statesHorizon: Bool
  var horizon: SimDuration?
  /// Jobs that can never run are rejected rather than refused.
  var rejects: Bool
  var sharing: SharingMode

  /// nil: something is wrong.
  func build(_ section: Decoded, into diagnostics: inout DiagnosticList) -> BuiltTenancy? {
    let before = diagnostics.found.count
    guard section.isSound, let retry = section["quotaRetry"], let start = section["calendarStart"] else {
      return nil
    }
    guard let firstDay = firstDay(start, into: &diagnostics) else { return nil }
    let zones = TimeZones(firstDay: firstDay, horizon: horizon)
    zones.read(section["zones"], into: &diagnostics)
    var result = BuiltTenancy(tenancy: Tenancy(clusters: []), zones: zones)
    result.tenancy.quotaRetry = SimDuration(nanoseconds: retry.nanoseconds)
    var owners: [String: String] = [:]
    var takenPools: [String: String] = [:]
    for node in section["clusters"]?.elements ?? [] {
      guard let cluster = cluster(node, &result, &takenPools, into: &diagnostics) else { continue }
      if result.tenancy.clusters.contains(where: { $0.name == cluster.name }) {
        let name = node["name"] ?? node
        diagnostics.add(
          name.origin,
          name.keyPath,
          "two virtual clusters have one name; found '\(cluster.name)'"
        )
      }
      check(cluster.tenants, of: node, named: cluster.name, &owners, into: &diagnostics)
      refuseJobs(of: cluster, node, into: &diagnostics)
      result.tenancy.clusters.append(cluster)
    }
    return diagnostics.found.count == before ? result : nil
  }

  private func firstDay(_ start: Decoded, into diagnostics: inout DiagnosticList) -> Int64? {
    guard let day = CalendarDay.days(start.text) else {
      diagnostics.add(
        start.origin,
        start.keyPath,
        "is not a date; found '\(start.text)'; accepted: a day such as 2026-01-05"
      )
      return nil
    }
    guard CalendarDay(daysSince1970: day).weekday == 1 else {
      diagnostics.add(
        start.origin,
        start.keyPath,
        "is not a Monday, on which weekly profiles of arrivals begin; found '\(start.text)'"
      )
      return nil
    }
    return day
  }

  private func cluster(
    _ node: Decoded,
    _ result: inout BuiltTenancy,
    _ takenPools: inout [String: String],
    into diagnostics: inout DiagnosticList
  ) -> Tenancy.Cluster? {
    guard node.isSound, let name = node["name"]?.text, let kind = node["kind"],
      let creation = node["creation"]
    else { return nil }
    let tenants = node["tenants"]?.elements.map(\.text) ?? [name]
    var cluster = Tenancy.Cluster(name: name, tenants: tenants)
    var file: VClusterFile?
    if let from = node["from"] {
      guard let read = VClusterReader(places: places, zones: result.zones).read(from, into: &diagnostics)
      else {
        return nil
      }
      file = read
      if !read.notModelled.isEmpty {
        result.notes.append(
          "cluster '\(name)': not modelled of \(from.text): " + read.notModelled.joined(separator: ", ")
        )
      }
    }
    cluster.isNamespace = kind.text == "namespace"
    cluster.creation = SimDuration(nanoseconds: creation.nanoseconds)
    cluster.controlPlanePerYear =
      node["controlPlane"]?.double ?? (cluster.isNamespace ? 0 : Tenancy.placeholderControlPlane)
    let clocks = TenancyClockBuilder(statesHorizon: statesHorizon, zones: result.zones)
    guard clocks.read(node, file, into: &cluster, &diagnostics),
      TenancyLimitBuilder(gpus: gpus, built: built).read(node, file, into: &cluster, &diagnostics),
      readNodes(node, file, into: &cluster, &result, &takenPools, &diagnostics)
    else { return nil }
    if cluster.isNamespace {
      for key in ["sleep", "pools", "mount", "from"] {
        guard let stated = node[key] else { continue }
        return fail(
          stated,
          "a namespace of the host has none of its own; found \(key)",
          hint: "kind: virtual",
          &diagnostics
        )
      }
    }
    return cluster
  }

  private func check(
    _ tenants: [String],
    of node: Decoded,
    named name: String,
    _ owners: inout [String: String],
    into diagnostics: inout DiagnosticList
  ) {
    for (place, tenant) in tenants.enumerated() {
      let at = node["tenants"]?.elements[place] ?? node["name"] ?? node
      if let other = owners.updateValue(name, forKey: tenant), other != name {
        diagnostics.add(at.origin, at.keyPath, "tenant '\(tenant)' is in cluster '\(other)' already")
      } else if let work, !work.tenants.contains(tenant) {
        diagnostics.add(
          at.origin,
          at.keyPath,
          "no job has the tenant '\(tenant)'; accepted: \(work.tenants.sorted().joined(separator: ", "))",
          hint: Hint.didYouMean(tenant, among: work.tenants)
        )
      }
    }
  }

  /// Jobs that the cluster would never take are told at once.
  private func refuseJobs(
    of cluster: Tenancy.Cluster,
    _ node: Decoded,
    into diagnostics: inout DiagnosticList
  ) {
    guard !rejects, let jobs = work?.firstJobs else { return }
    var alone = Tenancy(clusters: [cluster])
    alone.clusters[0].ownNodes = []
    alone.clusters[0].allowedNodes = nil
    alone.clusters[0].nodes = .shared
    guard let (name, why) = alone.firstRefusal(jobs, sharing: sharing) else { return }
    let blame = node["quota"] ?? node["limitRange"] ?? node["allow"] ?? node["from"] ?? node
    diagnostics.add(
      blame.blame,
      blame.keyPath,
      "the cluster would never take '\(name)': it \(why)",
      hint: "raise the limit, or say policy.impossibleJobs: reject"
    )
  }

  private func fail(
    _ node: Decoded,
    _ text: String,
    hint: String = "",
    _ diagnostics: inout DiagnosticList
  ) -> Tenancy.Cluster? {
    diagnostics.add(node.origin, node.keyPath, text, hint: hint)
    return nil
  }
}
