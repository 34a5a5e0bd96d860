import Engine
import Hardware
import Workload

/// The fleet of a scenario, and the names by which its nodes can be called.
struct BuiltFleet {
  var fleet = Fleet()
  /// The nodes of each pool, in fleet order.
  var pools: [String: Range<Int>] = [:]
  /// NVLink domains so far.
  var domains: Int32 = 0

  /// The number of the rack of this name.
  mutating func rack(_ name: String) -> Int32 {
    if let known = fleet.racks.firstIndex(of: name) { return Int32(known) }
    fleet.racks.append(name)
    return Int32(fleet.racks.count - 1)
  }
}

/// Makes the fleet from the section `fleet`.
struct FleetBuilder {
  /// More nodes than this are refused.
  static let mostNodes = 1_000_000

  var gpus: GPUNames
  var places: FilePlaces

  func build(_ section: Decoded, into diagnostics: inout DiagnosticList) -> BuiltFleet? {
    if let trace = section["trace"] {
      return trace.isSound ? read(trace, into: &diagnostics) : nil
    }
    guard let pools = section["nodes"] else { return nil }
    var built = BuiltFleet()
    var isWhole = section.isSound
    var names: Set<String> = []
    for pool in pools.elements where pool.isSound {
      if let name = pool["name"], !names.insert(name.text).inserted {
        diagnostics.add(name.origin, name.keyPath, "duplicated node pool; found '\(name.text)'")
        isWhole = false
      } else if !add(pool, to: &built, into: &diagnostics) {
        isWhole = false
      }
    }
    guard isWhole else { return nil }
    var known: Set<String> = []
    for pool in pools.elements {
      for (name, node) in zip(pool["names"]?.elements ?? [], built.pools[pool["name"]?.text ?? ""] ?? 0..<0) {
        guard known.insert(built.fleet.nodes[node].name).inserted else {
          diagnostics.add(name.origin, name.keyPath, "duplicated node; found '\(name.text)'")
          return nil
        }
      }
    }
    return built
  }

  private func add(_ pool: Decoded, to built: inout BuiltFleet, into diagnostics: inout DiagnosticList)
    -> Bool
  {
    guard let name = pool["name"]?.text, let count = pool["count"].map({ Int($0.integer) }),
      let perNode = pool["gpusPerNode"], let cpu = pool["cpu"]?.milliCPU,
      let memory = pool["memory"]?.mebibytes
    else { return false }
    let gpuCount = Int(perNode.integer)
    var model: GPUModelID?
    if let gpu = pool["gpu"] {
      guard let named = gpus.resolve(gpu, into: &diagnostics) else { return false }
      guard gpuCount > 0 else {
        diagnostics.add(
          gpu.origin,
          gpu.keyPath,
          "a GPU model on nodes without GPUs; found '\(gpu.text)'",
          hint: "say gpusPerNode: 8, or remove gpu"
        )
        return false
      }
      model = built.fleet.intern(gpuModel: named)
      built.fleet.statedMemoryMiB[named] = gpus.own[named]
      guard model != nil else {
        diagnostics.add(
          gpu.origin,
          gpu.keyPath,
          "too many GPU models; accepted: \(Fleet.maximumGPUModels) in a fleet"
        )
        return false
      }
    } else if gpuCount > 0 {
      diagnostics.add(
        perNode.origin,
        perNode.keyPath,
        "GPUs without a model; found \(gpuCount)",
        hint: "name their model, for example gpu: h100-80gb-sxm"
      )
      return false
    }
    var labels: [NodeLabel] = []
    if let stated = pool["labels"] { labels = ConstraintBuilder.labels(stated) }
    if let site = pool["site"] {
      guard !labels.contains(where: { $0.key == Bursting.siteLabel && $0.value != site.text }) else {
        diagnostics.add(
          site.origin,
          site.keyPath,
          "a pool has one site; found '\(site.text)' beside another label '\(Bursting.siteLabel)'",
          hint: "remove the label: the site is one"
        )
        return false
      }
      labels.removeAll { $0.key == Bursting.siteLabel }
      labels.append(NodeLabel(Bursting.siteLabel, site.text))
      labels.sort()
    }
    var taints: [NodeTaint] = []
    if let stated = pool["taints"] {
      guard let read = ConstraintBuilder.taints(stated, into: &diagnostics) else { return false }
      taints = read
    }
    let first = built.fleet.nodes.count
    guard first + count <= Self.mostNodes else {
      diagnostics.add(
        pool.origin,
        pool.keyPath,
        "too many nodes; found \(first + count); accepted: \(Self.mostNodes)"
      )
      return false
    }
    guard let places = places(of: pool, named: name, count: count, in: &built, into: &diagnostics) else {
      return false
    }
    let own = pool["names"]?.elements
    if let own, let stated = pool["names"], own.count != count {
      diagnostics.add(
        stated.origin,
        stated.keyPath,
        "names another number of nodes than count says; found \(own.count) for \(count)"
      )
      return false
    }
    let width = String(count - 1).count
    for index in 0..<count {
      let digits = String(index)
      let number = String(repeating: "0", count: width - digits.count) + digits
      var node = NodeSpec(
        name: own?[index].text ?? "\(name)-\(number)",
        cpuMilli: cpu,
        memoryMiB: memory,
        gpuCount: gpuCount,
        gpuModel: model,
        place: places[index]
      )
      node.labels = labels
      node.taints = taints
      built.fleet.nodes.append(node)
    }
    built.pools[name] = first..<(first + count)
    return true
  }

  /// Where the nodes of a pool stand.
  private func places(
    of pool: Decoded,
    named name: String,
    count: Int,
    in built: inout BuiltFleet,
    into diagnostics: inout DiagnosticList
  ) -> [NodePlace]? {
    guard let domain = pool["nodesPerNVLinkDomain"], let word = pool["fabric"],
      let fabric = Fabric.allCases.first(where: { $0.name == word.text })
    else { return nil }
    let perDomain = Int(domain.integer)
    let perRack = pool["nodesPerRack"].map { Int($0.integer) }
    if let perRack, perRack % perDomain != 0, perRack < count {
      diagnostics.add(
        domain.origin,
        domain.keyPath,
        "an NVLink domain lies in one rack; found \(perDomain) nodes in a domain and \(perRack) in a rack",
        hint: "let nodesPerRack be a multiple of nodesPerNVLinkDomain"
      )
      return nil
    }
    var places: [NodePlace] = []
    for index in 0..<count {
      var place = NodePlace(fabric: fabric)
      if perDomain > 1 { place.nvlinkDomain = built.domains + Int32(index / perDomain) }
      if let perRack {
        let digits = String(index / perRack)
        let width = String((count - 1) / perRack).count
        place.rack = built.rack(
          "\(name)-rack-\(String(repeating: "0", count: width - digits.count))\(digits)"
        )
      } else if let rack = pool["rack"] {
        place.rack = built.rack(rack.text)
      }
      places.append(place)
    }
    built.domains += Int32((count + perDomain - 1) / perDomain)
    return places
  }

  private func read(_ trace: Decoded, into diagnostics: inout DiagnosticList) -> BuiltFleet? {
    guard let file = trace["nodes"],
      let path = TraceFiles(places: places).path(of: file, into: &diagnostics)
    else { return nil }
    return TraceFiles.reading(file, into: &diagnostics) {
      BuiltFleet(fleet: try OpenBNodeReader.read(path: path))
    }
  }
}
