import Hardware

/// Which instances the GPUs of an idle node hold together while their layouts
/// are still to be chosen, and which layouts are chosen for them.
///
/// What is asked is a count for each profile, and of whole GPUs. It is held
/// where some choice of a layout for each GPU has as many instances of each
/// profile: instances of one profile are alike, so that counts decide, in
/// whatever order the jobs start.
///
/// - Complexity: each distinct demand is searched once in a run, in O(layouts
///   that hold something of it).
final class MIGPacking {
  /// By lane: instances of one profile; the last lane counts whole GPUs.
  typealias Counts = SIMD16<Int16>

  /// One layout.
  struct Layout: Equatable {
    var contents: Counts
    /// Jobs of the mix x thousandths of a GPU that instances of their kind have
    /// in it.
    var value: Int64
  }

  private struct Rest: Hashable {
    var demand: Counts
    var gpus: Int
  }

  static let whole = Counts.scalarCount - 1
  /// More distinct profiles than lanes are not counted.
  static let mostProfiles = whole
  private static let never = Int.max / 2

  /// The layouts, in the order of the kind's; where it has none, all to which
  /// nothing can be added, and none.
  let layouts: [Layout]
  /// By slice: its lane, or -1.
  private let laneOf: [Int]
  /// By set of lanes: layouts none of which another one holds more of.
  private var relevant: [UInt16: [Int]] = [:]
  private var least: [Counts: Int] = [:]
  private var best: [Rest: Int64] = [:]

  /// - Parameters:
  ///   - weights: by slice: jobs of the mix that ask for it.
  ///   - wholeWeight: jobs of the mix that ask for whole GPUs.
  init(_ book: MIGBook, kind k: Int, weights: [Int64], wholeWeight: Int64) {
    let geometry = book.kinds[k].geometry
    let asked = book.slices.map { $0[k] }
    let profiles = Array(Set(asked.filter { $0 >= 0 })).sorted()
    precondition(profiles.count <= Self.mostProfiles, "more profiles than lanes")
    laneOf = asked.map { profiles.firstIndex(of: $0) ?? -1 }
    // By layout, then profile.
    let none = Array(repeating: 0, count: geometry.profiles.count)
    let contents =
      book.kinds[k].layouts.map { layouts in
        layouts.map { layout in
          layout.reduce(into: none) { $0[geometry.placements[$1].profile] += 1 }
        }
      } ?? MIGLayouts(geometry, profiles: profiles).maximalContents + [none]
    layouts = contents.map { [laneOf] content in
      guard content != none else {
        var uncut = Counts()
        uncut[Self.whole] = 1
        return Layout(contents: uncut, value: wholeWeight * 1000)
      }
      var counts = Counts()
      for (lane, profile) in profiles.enumerated() { counts[lane] = Int16(content[profile]) }
      let value = laneOf.enumerated().reduce(Int64(0)) { sum, entry in
        guard entry.element >= 0 else { return sum }
        let milli = geometry.milli(ofProfile: profiles[entry.element])
        return sum + weights[entry.offset] * Int64(milli) * Int64(counts[entry.element])
      }
      return Layout(contents: counts, value: value)
    }
  }

  /// The lane in which a slice counts; nil: no layout holds one.
  func lane(_ slice: Int16) -> Int? { laneOf[Int(slice)] < 0 ? nil : laneOf[Int(slice)] }

  /// The fewest GPUs whose layouts hold it.
  func leastGPUs(_ demand: Counts) -> Int {
    guard let lane = scarcest(demand) else { return 0 }
    if let known = least[demand] { return known }
    var fewest = Self.never
    for layout in relevantLayouts(demand) where layouts[layout].contents[lane] > 0 {
      fewest = min(fewest, 1 + leastGPUs(rest(demand, layout)))
    }
    least[demand] = fewest
    return fewest
  }

  /// A layout for each of so many GPUs, which hold the demand together; of all
  /// such choices one of the greatest value: the one with the least loss by the
  /// mix, see ``MIGMixLoss``, once the demand is there. nil: none holds it.
  ///
  /// Layouts that hold whole GPUs and the largest profiles of the demand come
  /// first, of equal ones the first of the list.
  func choose(_ demand: Counts, gpus: Int) -> [Int]? {
    guard value(demand, gpus) != nil else { return nil }
    var chosen: [Int] = []
    var left = demand
    while chosen.count < gpus {
      let after = gpus - chosen.count - 1
      let target = value(left, after + 1)!
      let next = candidates(left).first { layout in
        value(rest(left, layout), after).map { $0 + layouts[layout].value } == target
      }!
      chosen.append(next)
      left = rest(left, next)
    }
    return chosen
  }

  /// The greatest sum of values of so many layouts that hold the demand.
  private func value(_ demand: Counts, _ gpus: Int) -> Int64? {
    guard leastGPUs(demand) <= gpus else { return nil }
    if gpus == 0 { return 0 }
    let key = Rest(demand: demand, gpus: gpus)
    if let known = best[key] { return known }
    let found = candidates(demand).compactMap { layout in
      value(rest(demand, layout), gpus - 1).map { $0 + layouts[layout].value }
    }.max()!
    best[key] = found
    return found
  }

  /// Layouts for the next GPU: some GPU has to hold the scarcest part of the
  /// demand.
  private func candidates(_ demand: Counts) -> [Int] {
    guard let lane = scarcest(demand) else { return Array(layouts.indices) }
    return layouts.indices.filter { layouts[$0].contents[lane] > 0 }
  }

  /// Whole GPUs, else the largest profile of which some are asked.
  private func scarcest(_ demand: Counts) -> Int? {
    (0..<Counts.scalarCount).last { demand[$0] > 0 }
  }

  private func rest(_ demand: Counts, _ layout: Int) -> Counts {
    let left = demand &- layouts[layout].contents
    return left.replacing(with: 0, where: left .< 0)
  }

  /// Layouts that hold different parts of what is asked.
  private func relevantLayouts(_ demand: Counts) -> [Int] {
    var mask: UInt16 = 0
    for lane in 0..<Counts.scalarCount where demand[lane] > 0 { mask |= 1 << UInt16(lane) }
    if let known = relevant[mask] { return known }
    let isAsked = demand .> 0
    let parts = layouts.map { $0.contents.replacing(with: 0, where: .!isAsked) }
    let kept = parts.indices.filter { one in
      !parts.indices.contains { other in
        other != one && all(parts[other] .>= parts[one]) && (parts[other] != parts[one] || other < one)
      }
    }
    relevant[mask] = kept
    return kept
  }
}
