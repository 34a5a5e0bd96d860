/// All layouts of a board, by exhaustive search.
public struct MIGLayouts: Sendable {
  /// Every set of instances that can stand together, as positions in
  /// ``MIGGeometry/placements``, ascending; the empty one first.
  public let all: [[Int]]
  /// Those to which nothing can be added.
  public let maximal: [[Int]]
  /// The distinct contents of the maximal ones: how many instances of each
  /// profile, largest profiles first among equals.
  public let maximalContents: [[Int]]

  /// - Parameter profiles: positions of the profiles to be used.
  ///
  /// - Complexity: O(layouts x placements): some thousand steps.
  public init(_ geometry: MIGGeometry, profiles: [Int]) {
    let usable = geometry.placements.indices.filter { profiles.contains(geometry.placements[$0].profile) }
    var all: [[Int]] = []
    var maximal: [[Int]] = []
    func extend(_ layout: [Int], _ state: MIGState) {
      all.append(layout)
      let open = usable.filter { geometry.placements[$0].parts.isDisjoint(with: state) }
      if open.isEmpty { maximal.append(layout) }
      for p in open where p > layout.last ?? -1 {
        extend(layout + [p], state.union(geometry.placements[p].parts))
      }
    }
    extend([], .empty)
    self.all = all
    self.maximal = maximal
    var seen: Set<[Int]> = []
    var contents: [[Int]] = []
    for layout in maximal {
      var count = Array(repeating: 0, count: geometry.profiles.count)
      for p in layout { count[geometry.placements[p].profile] += 1 }
      if seen.insert(count).inserted { contents.append(count) }
    }
    maximalContents = contents.sorted { $1.reversed().lexicographicallyPrecedes($0.reversed()) }
  }

  /// Of all profiles without media extensions.
  public static func withoutMedia(_ geometry: MIGGeometry) -> MIGLayouts {
    MIGLayouts(
      geometry,
      profiles: geometry.profiles.indices.filter { !geometry.profiles[$0].hasMediaExtensions }
    )
  }

  /// Of those, without the one that has double memory.
  public static func ofPlainSlices(_ geometry: MIGGeometry) -> MIGLayouts {
    MIGLayouts(
      geometry,
      profiles: geometry.profiles.indices.filter {
        !geometry.profiles[$0].hasMediaExtensions && !geometry.profiles[$0].hasDoubleMemory
      }
    )
  }
}
