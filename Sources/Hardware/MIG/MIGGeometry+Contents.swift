extension MIGGeometry {
  /// A way to place so many instances of each profile (by position in
  /// ``profiles``) on one GPU: the largest first, each at its lowest start that
  /// leaves room for the rest. nil: they do not fit together.
  ///
  /// - Complexity: at most some thousand steps.
  public func placing(_ counts: [Int]) -> [MIGPlacement]? {
    let order = profiles.indices.sorted {
      (profiles[$1].memorySlots, profiles[$1].computeSlices, $0)
        < (profiles[$0].memorySlots, profiles[$0].computeSlices, $1)
    }
    let wanted = order.flatMap { Array(repeating: $0, count: counts[$0]) }
    func place(_ position: Int, _ state: MIGState) -> [MIGPlacement]? {
      guard position < wanted.count else { return [] }
      for placement in placements
      where placement.profile == wanted[position] && placement.parts.isDisjoint(with: state) {
        if let rest = place(position + 1, state.union(placement.parts)) { return [placement] + rest }
      }
      return nil
    }
    // No GPU holds more instances than slots: longer lists need no search.
    return wanted.count > slotCount ? nil : place(0, .empty)
  }

  /// Why so many instances do not fit on one GPU, and what would: the first
  /// profile, largest ones first, of which not all find a place. nil: they fit.
  public func problem(ofPlacing counts: [Int]) -> String? {
    guard placing(counts) == nil else { return nil }
    var sofar = [Int](repeating: 0, count: profiles.count)
    for profile in profiles.indices.reversed() {
      for number in 0..<counts[profile] {
        var more = sofar
        more[profile] += 1
        if placing(more) != nil {
          sofar = more
          continue
        }
        let fitting = profiles.indices.filter { other in
          var another = sofar
          another[other] += 1
          return placing(another) != nil
        }
        let rest =
          fitting.isEmpty ? "nothing more does" : fitting.map { profiles[$0].name }.joined(separator: ", ")
        let placed = sofar.allSatisfy { $0 == 0 } ? "an empty GPU" : text(sofar)
        return "no room for instance \(number + 1) of \(profiles[profile].name) beside \(placed); "
          + "room is left for: " + rest
      }
    }
    return "the instances do not fit together"
  }

  private func text(_ counts: [Int]) -> String {
    profiles.indices.filter { counts[$0] > 0 }.map { "\(counts[$0]) x \(profiles[$0].name)" }
      .joined(separator: ", ")
  }
}
