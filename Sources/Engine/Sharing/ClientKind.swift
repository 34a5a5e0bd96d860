import Workload

/// What one kind of client does to a GPU and how sharing treats it; all in
/// billionths unless said otherwise.
struct ClientKind: Hashable, BitwiseCopyable {
  /// Share of the GPU that it uses at full speed, alone and beside others that
  /// have work (what switching costs included).
  var demandAlone: Int64 = 0
  var demandBeside: Int64 = 0
  /// The fastest that it may go, alone and beside others: 1e9 is as fast as on
  /// a GPU of its own.
  var rateCapAlone: Int64 = 1_000_000_000
  var rateCapBeside: Int64 = 1_000_000_000
  var weight: Int64 = 1
  /// Work is worth so many millionths of a GPU's time.
  var useMillionths: Int64 = 0
  /// MiB that stay taken while it runs; 0: nobody counts them.
  var residentMiB: Int32 = 0

  static let one: Int64 = 1_000_000_000

  /// - Parameter milli: thousandths of the GPU that the client holds.
  init(_ spec: ContentionSpec, _ mode: SharingMode, _ device: DeviceDemand, milli: Int32, busyMilli: Int64) {
    let one = ClientKind.one
    var busy = busyMilli * 1_000_000
    if mode == .mps {
      // Kernels of several clients run side by side as far as they leave room.
      let fill = Int64(device.assumedFillMilli)
      busy = busyMilli * fill * 1000
      useMillionths = busyMilli * fill
      // Only while its kernels run is it slowed by its part of the
      // multiprocessors: alone it would need 1 - b + b, now 1 - b + b f / c.
      let part = 1000 / Int64(spec.replicas)
      if fill > part {
        let slowed = (1000 - busyMilli) * part + busyMilli * fill
        rateCapAlone = 1000 * part * one / slowed
        rateCapBeside = rateCapAlone
      }
    } else {
      useMillionths = busyMilli * 1000
    }
    demandAlone = busy
    let efficiency = spec.efficiency.of(device.kernels)
    demandBeside = (busy * one + efficiency - 1) / efficiency
    if mode == .fractions, spec.division != .equal { weight = Int64(milli) }
    if mode == .fractions, spec.division == .capped {
      let part = Int64(milli) * 1_000_000
      if demandAlone > part { rateCapAlone = part * one / demandAlone }
      if demandBeside > part { rateCapBeside = part * one / demandBeside }
    }
    if mode == .timeSlicing { residentMiB = device.memoryMiB + spec.overheadMiB }
  }

  init() {}
}

/// Divides a GPU among its clients.
///
/// Max-min fairness by weight: everybody gets what it can use, or as much as
/// every other that wants more gets for its weight. Integers, rounded so that
/// the shares never add up to more than the GPU.
struct WaterFilling {
  /// The speed of each client in billionths of its speed on a GPU of its own,
  /// in the order of `kinds`.
  ///
  /// - Complexity: O(k²) for k clients that want different amounts, O(k) when
  ///   nobody is short.
  static func rates(
    _ kinds: (Int) -> ClientKind,
    count: Int,
    into rates: UnsafeMutablePointer<Int64>
  ) {
    let one = ClientKind.one
    var active = 0
    for i in 0..<count where kinds(i).demandAlone > 0 { active += 1 }
    let isBeside = active > 1
    var left = one
    var weights: Int64 = 0
    for i in 0..<count {
      rates[i] = -1
      if kinds(i).demandAlone > 0 { weights += kinds(i).weight } else { rates[i] = kinds(i).rateCapAlone }
    }
    var hasChanged = true
    while hasChanged && weights > 0 {
      hasChanged = false
      for i in 0..<count where rates[i] < 0 {
        let kind = kinds(i)
        let demand = isBeside ? kind.demandBeside : kind.demandAlone
        let cap = isBeside ? kind.rateCapBeside : kind.rateCapAlone
        let wanted = Int64(Int128(demand) * Int128(cap) / Int128(one)) + (cap == one ? 0 : 1)
        if wanted * weights <= left * kind.weight {
          rates[i] = cap
          left -= wanted
          weights -= kind.weight
          hasChanged = true
        }
      }
    }
    for i in 0..<count where rates[i] < 0 {
      let kind = kinds(i)
      let demand = isBeside ? kind.demandBeside : kind.demandAlone
      rates[i] = Int64(Int128(left * kind.weight / weights) * Int128(one) / Int128(demand))
    }
  }
}
