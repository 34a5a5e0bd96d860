import Hardware
import Outcome

/// Which profiles some GPU of each model could take, over time.
///
/// GPUs on nodes that are up and not handed out whole count; what their nodes
/// have left of CPU and memory does not. Only the state in which an instant
/// ends counts, and integrals over the measured window are exact.
///
/// - Complexity: a change of a GPU O(profiles), and O(models) where some profile
///   begins or ceases to be placeable.
final class MIGPlaceability {
  private struct Board {
    var geometry: MIGGeometry
    /// Bits of the profiles that were placeable since then.
    var mask: UInt32 = 0
    var since: Int64 = 0
    /// By profile, ns.
    var placeable: [Int128]
    /// Memory slots of the largest x ns, in all and by bucket.
    var slots: Int128 = 0
    var buckets: [Int128] = []
  }

  private let models: [Int]
  private var boards: [Board]
  /// By region of the fleet: its board.
  private let boardOfRegion: Column<Int32>
  /// By board and profile: GPUs that could take it.
  private let open: Column<Int32>
  private static let mostProfiles = 32
  private let from: Int64
  private let bucket: Int64
  /// Some profile has begun or ceased to be placeable since the last
  /// settlement.
  private(set) var isChanged = false

  /// - Parameter kinds: by region.
  init(_ book: MIGBook, regionKinds kinds: [Int], models: [Int], from: Int64, bucket: Int64) {
    var geometries: [Int: MIGGeometry] = [:]
    for (region, model) in models.enumerated() { geometries[model] = book.kinds[kinds[region]].geometry }
    let all = geometries.keys.sorted()
    self.models = all
    boards = all.map {
      Board(
        geometry: geometries[$0]!,
        placeable: Array(repeating: 0, count: geometries[$0]!.profiles.count)
      )
    }
    boardOfRegion = Column(models.map { Int32(all.firstIndex(of: $0)!) })
    open = Column(repeating: 0, count: all.count * Self.mostProfiles)
    self.from = from
    self.bucket = bucket
  }

  /// A GPU of the region could take `old`, and can take `new` from now on.
  func change(region: Int, from old: UInt32, to new: UInt32) {
    let row = Int(boardOfRegion[region]) * Self.mostProfiles
    var left = old ^ new
    while left != 0 {
      let profile = left.trailingZeroBitCount
      left &= left - 1
      let sign: Int32 = new & 1 << UInt32(profile) != 0 ? 1 : -1
      let before = open[row + profile]
      open[row + profile] = before + sign
      if before == 0 || before + sign == 0 { isChanged = true }
    }
  }

  /// Books the past where the present instant, which ends, has changed what is
  /// placeable.
  func settle(at now: Int64) {
    isChanged = false
    for number in boards.indices {
      let mask = present(number)
      guard mask != boards[number].mask else { continue }
      advance(number, to: now)
      boards[number].mask = mask
    }
  }

  private func present(_ number: Int) -> UInt32 {
    boards[number].geometry.profiles.indices.reduce(UInt32(0)) {
      open[number * Self.mostProfiles + $1] > 0 ? $0 | 1 << UInt32($1) : $0
    }
  }

  private func advance(_ number: Int, to now: Int64) {
    let board = boards[number]
    var at = max(board.since, from)
    boards[number].since = now
    guard at < now else { return }
    let placeable = board.geometry.profiles.indices.filter { board.mask & 1 << UInt32($0) != 0 }
    for profile in placeable { boards[number].placeable[profile] += Int128(now - at) }
    let slots = Int128(placeable.map { board.geometry.profiles[$0].memorySlots }.max() ?? 0)
    boards[number].slots += slots * Int128(now - at)
    while at < now {
      let index = Int((at - from) / bucket)
      let stop = min(now, from + Int64(index + 1) * bucket)
      while boards[number].buckets.count <= index { boards[number].buckets.append(0) }
      boards[number].buckets[index] += slots * Int128(stop - at)
      at = stop
    }
  }

  /// Books everything until the end.
  func finish(at end: Int64, names: [String]) -> (totals: [PlaceabilityTotals], series: [Series]) {
    settle(at: end)
    for number in boards.indices { advance(number, to: end) }
    let totals = boards.indices.map { number in
      PlaceabilityTotals(
        gpuModel: names[models[number]],
        slotNanoseconds: boards[number].slots,
        profiles: zip(boards[number].geometry.profiles, boards[number].placeable).map {
          PlaceabilityTotals.Profile(name: $0.name, nanoseconds: $1)
        }
      )
    }
    let series = boards.indices.map { number in
      Series(
        name: "largest_instance",
        tenant: "",
        gpuModel: names[models[number]],
        unit: "slot_ns",
        values: boards[number].buckets
      )
    }
    return (totals, series)
  }
}
