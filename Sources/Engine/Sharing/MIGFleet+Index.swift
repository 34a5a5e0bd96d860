/// The index over the GPUs' states.
extension MIGFleet {
  /// Puts the node's GPUs where their present states belong.
  func update(_ n: Int, _ cluster: borrowing ClusterState) {
    let isUp = cluster.isUp(n)
    let isOpen = isUp && cluster.nodes[n].cpuFree >= leastCPU && cluster.nodes[n].memoryFree >= leastMemory
    let wasOpen = isShown[n]
    let first = n * stride
    let free = cluster.gpuFree.pointer(from: first)
    let states = state.pointer(from: first)
    let known = shown.pointer(from: first)
    // Mostly one GPU has changed: the others cost three loads.
    for g in 0..<Int(cluster.nodes[n].gpuCount) {
      let new = isUp && free[g] > 0 ? states[g] : MIGFleet.hidden
      if new != known[g] || isOpen != wasOpen { show(n, first + g, new, isOpen) }
    }
    isShown[n] = isOpen
  }

  private func show(_ n: Int, _ device: Int, _ new: UInt16, _ isOpen: Bool) {
    let old = shown[device]
    shown[device] = new
    guard regionOf[device] >= 0 else { return }
    let region = regions[Int(regionOf[device])]
    let base = Int(region.firstSet) - Int(tables.firstState[Int(region.kind)])
    if old != new {
      placeability.change(
        region: Int(regionOf[device]),
        from: old == MIGFleet.hidden ? 0 : tables.openProfiles(Int(old)),
        to: new == MIGFleet.hidden ? 0 : tables.openProfiles(Int(new))
      )
      if old != MIGFleet.hidden { present[base + Int(old)] -= 1 }
      if new != MIGFleet.hidden { present[base + Int(new)] += 1 }
      let sums = usable.pointer(from: n * tables.sliceCount)
      for slice in 0..<tables.sliceCount {
        if old != MIGFleet.hidden { sums[slice] -= tables.usableMilli(slice, old) }
        if new != MIGFleet.hidden { sums[slice] += tables.usableMilli(slice, new) }
      }
    }
    let place = placeOf[device]
    if isShown[n] && old != MIGFleet.hidden && (old != new || !isOpen) {
      let set = base + Int(old)
      sets.remove(kind: set, rank: Int(place))
      if firstOfSet[set] == place { firstOfSet[set] = sets.first(kind: set).map { Int32($0) } ?? .max }
    }
    if isOpen && new != MIGFleet.hidden && (old != new || !isShown[n]) {
      let set = base + Int(new)
      sets.insert(kind: set, rank: Int(place))
      firstOfSet[set] = min(firstOfSet[set], place)
    }
  }

  /// Whether any GPU of an accepted class has room for the slice, whatever CPU
  /// and memory its node has left.
  func offers(_ request: Request) -> Bool {
    for r in 0..<regions.count where regions[r].classBit & request.classes != 0 {
      for position in tables.takingRange(request.slice, kind: Int(regions[r].kind))
      where present[Int(regions[r].firstSet) + tables.taking(at: position)] > 0 {
        return true
      }
    }
    return false
  }

  /// Where the slice goes: the GPU of lowest rank among those in the best
  /// states that have any whose node takes the rest of the request.
  func first(_ request: Request, where takes: (Int) -> Bool) -> Placement {
    var best: (score: Int64, rank: Int32, device: Int) = (.max, .max, -1)
    for r in 0..<regions.count where regions[r].classBit & request.classes != 0 {
      let region = regions[r]
      let firsts = firstOfSet.pointer(from: Int(region.firstSet))
      for number in tables.levels(request.slice, kind: Int(region.kind)) {
        let level = tables.level(number)
        if level.score > best.score { break }
        // Places are in the order of ranks within a region.
        var place = Int32.max
        for position in Int(level.first)..<Int(level.end) {
          place = min(place, firsts[tables.taking(at: position)])
        }
        if place == .max { continue }
        let device = Int(deviceAt[Int(region.firstDevice + place)])
        if level.score == best.score && ranks[device] >= best.rank { continue }
        if takes(device / stride) {
          best = (level.score, ranks[device], device)
        } else {
          search(level, region, &best, where: takes)
        }
      }
    }
    guard best.device >= 0 else { return .refused }
    let placement = tables.placement(request.slice, state[best.device])
    return Placement(
      node: best.device / stride,
      gpuMask: MIGFleet.mask(gpu: best.device % stride, placement: Int(placement))
    )
  }

  /// Looks past GPUs on nodes that do not take the request.
  private func search(
    _ level: MIGTables.Level,
    _ region: Region,
    _ best: inout (score: Int64, rank: Int32, device: Int),
    where takes: (Int) -> Bool
  ) {
    for position in Int(level.first)..<Int(level.end) {
      let set = Int(region.firstSet) + tables.taking(at: position)
      var place = sets.first(kind: set)
      while let p = place {
        let device = Int(deviceAt[Int(region.firstDevice) + p])
        if level.score == best.score && ranks[device] >= best.rank { break }
        if takes(device / stride) {
          best = (level.score, ranks[device], device)
          break
        }
        place = sets.next(kind: set, after: p)
      }
    }
  }
}
