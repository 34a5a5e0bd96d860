import Hardware

/// A node with nothing on it, as lists of instances: what it still takes is
/// found by looking at everything each time.
struct NaiveInstanceNode {
  enum Ask: Hashable {
    case instance(String)
    case whole(Int)
  }

  let geometry: MIGGeometry
  /// By GPU: its instances; nil: it is handed out whole.
  var gpus: [[MIGPlacement]?]
  var cpu: Int32
  /// The rule for starts: the longest free run, else the lowest.
  let longestRun: Bool
  /// The layouts of which each GPU may have one, or none; nil: instances are
  /// created on demand.
  let layouts: [[MIGPlacement]]?
  /// With layouts: what it has taken.
  var taken: [Ask] = []

  init(
    _ geometry: MIGGeometry,
    gpus: Int,
    cpu: Int32,
    longestRun: Bool,
    layouts: [[MIGPlacement]]? = nil
  ) {
    self.geometry = geometry
    self.gpus = Array(repeating: [], count: gpus)
    self.cpu = cpu
    self.longestRun = longestRun
    self.layouts = layouts
  }

  mutating func take(_ ask: Ask, cpu asked: Int32) -> Bool {
    guard cpu >= asked else { return false }
    if layouts != nil {
      guard !choices(holding: taken + [ask]).isEmpty else { return false }
      taken.append(ask)
    } else {
      guard takesNow(ask) else { return false }
    }
    cpu -= asked
    return true
  }

  private mutating func takesNow(_ ask: Ask) -> Bool {
    switch ask {
    case .whole(let count):
      let free = gpus.indices.filter { gpus[$0]?.isEmpty ?? false }.prefix(count)
      guard free.count == count else { return false }
      for g in free { gpus[g] = nil }
      return true
    case .instance(let name):
      guard let profile = geometry.profiles.firstIndex(where: { $0.name == name }) else { return false }
      var best: (used: Int, gpu: Int, placement: MIGPlacement)?
      for (g, own) in gpus.enumerated() {
        guard let own, let placement = start(profile, beside: own) else { continue }
        let used = own.reduce(0) { $0 + geometry.profiles[$1.profile].memorySlots }
        if used > best?.used ?? -1 { best = (used, g, placement) }
      }
      guard let best else { return false }
      gpus[best.gpu]!.append(best.placement)
      return true
    }
  }

  private func isOpen(_ placement: MIGPlacement, _ own: [MIGPlacement]) -> Bool {
    own.allSatisfy { $0.parts.isDisjoint(with: placement.parts) }
  }

  private func start(_ profile: Int, beside own: [MIGPlacement]) -> MIGPlacement? {
    let open = geometry.placements.filter { $0.profile == profile && isOpen($0, own) }
    func rank(_ placement: MIGPlacement) -> [Int] {
      guard longestRun else { return [placement.start] }
      let after = own + [placement]
      var (run, longest) = (0, 0)
      for slot in 0..<geometry.computeSliceCount {
        let isFree = !after.contains {
          ($0.start..<$0.start + geometry.profiles[$0.profile].memorySlots).contains(slot)
        }
        run = isFree ? run + 1 : 0
        longest = max(longest, run)
      }
      return [-longest, -geometry.placements.count { isOpen($0, after) }, placement.start]
    }
    return open.min { rank($0).lexicographicallyPrecedes(rank($1)) }
  }

  /// Every choice of a layout (or -1: whole) for each GPU that holds all of it.
  func choices(holding asks: [Ask]) -> [[Int]] {
    var result: [[Int]] = []
    func extend(_ chosen: [Int]) {
      if chosen.count < gpus.count {
        for layout in -1..<layouts!.count { extend(chosen + [layout]) }
        return
      }
      var wholes = chosen.count { $0 < 0 }
      var names = chosen.filter { $0 >= 0 }.flatMap {
        layouts![$0].map { geometry.profiles[$0.profile].name }
      }
      for ask in asks {
        switch ask {
        case .whole(let count): wholes -= count
        case .instance(let name):
          guard let place = names.firstIndex(of: name) else { return }
          names.remove(at: place)
        }
      }
      if wholes >= 0 { result.append(chosen) }
    }
    extend([])
    return result
  }

  /// Whether some legal placement holds all of these on the idle node.
  func holds(_ asks: [(ask: Ask, cpu: Int32)]) -> Bool {
    if asks.reduce(0, { $0 + $1.cpu }) > cpu { return false }
    if layouts != nil { return !choices(holding: asks.map(\.ask)).isEmpty }
    // Whole GPUs first: they need those on which nothing is.
    var rest = self
    for entry in asks {
      if case .whole = entry.ask, !rest.takesNow(entry.ask) { return false }
    }
    return rest.placesInstances(
      asks.compactMap { if case .instance(let name) = $0.ask { name } else { nil } }
    )
  }

  private func placesInstances(_ names: [String]) -> Bool {
    guard let name = names.first else { return true }
    guard let profile = geometry.profiles.firstIndex(where: { $0.name == name }) else { return false }
    var tried: [[MIGPlacement]] = []
    for (g, own) in gpus.enumerated() {
      guard let own, !tried.contains(own) else { continue }
      tried.append(own)
      for placement in geometry.placements where placement.profile == profile && isOpen(placement, own) {
        var after = self
        after.gpus[g] = own + [placement]
        if after.placesInstances(Array(names.dropFirst())) { return true }
      }
    }
    return false
  }
}
