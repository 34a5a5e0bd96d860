import SimulationKernel
import Workload

/// What each tenant holds, and held, of the fleet: the shares of
/// ``FairShare``, in whole numbers.
///
/// Held now is a; the mean over the past, each instant s weighted by
/// 2^((s - t) / halfLife) and the weights adding up to 1, is at time t
///
///     a - sum over all changes d of a, at t_d: d x 2^((t_d - t) / halfLife)
///
/// (each change is a step that the mean follows with the half-life). So one
/// sum of d x 2^(t_d / halfLife) for each tenant and resource says it at every
/// instant: nothing decays, what comes later counts for more. The sums are
/// brought down by whole half-lives from time to time.
///
/// - Complexity: a start or stop O(1), a share O(1).
final class TenantShares {
  /// A rational number, 0 or more.
  struct Share: Comparable {
    var numerator: UInt128
    var denominator: UInt128

    @inline(__always)
    static func < (a: Share, b: Share) -> Bool {
      if a.denominator == b.denominator { return a.numerator < b.numerator }
      // 110 + 57 bits.
      let left = a.numerator.multipliedFullWidth(by: b.denominator)
      let right = b.numerator.multipliedFullWidth(by: a.denominator)
      return left.high != right.high ? left.high < right.high : left.low < right.low
    }
    static func == (a: Share, b: Share) -> Bool { !(a < b) && !(b < a) }
  }

  /// Of the resources that count: thousandths of GPUs, of CPUs, MiB.
  private let capacity: [Int64]
  /// By shape, then by resource.
  private let asked: [[Int64]]
  private let shapes: [ShapeID]
  private let tenants: [TenantID]
  private let weight: [Int64]
  /// By tenant and resource.
  private var held: [Int64]
  private var sums: [Int128]
  private let scale: HalfLifeScale?
  private let outlook: Int64
  /// Sums count from here, ns.
  private var epoch: Int64 = 0
  /// The last instant asked for, and the scale there.
  private var scaledAt: Int64 = -1
  private var scaled: Int128 = 0
  /// Half-lives after which the sums are brought down.
  private static let span: Int64 = 16

  /// Jobs started in this pass.
  var started: [Int32] = []

  init(_ spec: FairShare, _ input: SimulationInput, _ requests: [Request]) {
    var capacity = [Int64](repeating: 0, count: 3)
    for node in input.fleet.nodes {
      capacity[0] += Int64(node.gpuCount) * 1000
      capacity[1] += Int64(node.cpuMilli)
      capacity[2] += Int64(node.memoryMiB)
    }
    let counted = (spec.resource == .gpu ? [0] : [0, 1, 2]).filter { capacity[$0] > 0 }
    self.capacity = counted.map { capacity[$0] }
    asked = requests.map { request in
      let workers = Int64(request.workers)
      let all = [request.takenByAll, Int64(request.cpu) * workers, Int64(request.memory) * workers]
      return counted.map { all[$0] }
    }
    shapes = input.jobs.shape
    tenants = input.jobs.tenant
    weight = input.jobs.tenants.map { name in
      Int64(spec.weights.first { $0.tenant == name }?.weight ?? 1)
    }
    held = Array(repeating: 0, count: weight.count * counted.count)
    sums = Array(repeating: 0, count: held.count)
    scale = spec.halfLife.map { HalfLifeScale(halfLife: $0.nanoseconds) }
    outlook = spec.outlook.nanoseconds
  }

  /// What the scale of a share counts from: numerators are shares times the
  /// scale at this time plus the outlook.
  func sinceEpoch(_ now: Int64) -> Int64 { now - epoch }

  func tenant(_ job: Int32) -> TenantID { tenants[Int(job)] }

  /// The job starts (1) or leaves its place (-1).
  func change(_ job: Int, _ sign: Int64, at now: Int64) {
    if sign > 0 { started.append(Int32(job)) }
    let first = Int(tenants[job].rawValue) * capacity.count
    let amounts = asked[Int(shapes[job].rawValue)]
    var factor: Int128 = 0
    if let scale {
      bringDown(scale, at: now)
      factor = scale.value(sinceEpoch(now))
    }
    for resource in capacity.indices {
      held[first + resource] += sign * amounts[resource]
      sums[first + resource] += Int128(sign * amounts[resource]) * factor
    }
  }

  /// The tenant's share at this instant.
  func share(_ tenant: Int, at now: Int64) -> Share {
    let first = tenant * capacity.count
    var largest = Share(numerator: 0, denominator: 1)
    if let scale, scaledAt != now {
      bringDown(scale, at: now)
      scaled = scale.value(sinceEpoch(now) + outlook)
      scaledAt = now
    }
    for resource in capacity.indices {
      var numerator = Int128(held[first + resource])
      if scale != nil { numerator = numerator * scaled - sums[first + resource] }
      // Rounding may leave a last digit below nothing.
      let share = Share(
        numerator: UInt128(max(0, numerator)),
        denominator: UInt128(capacity[resource]) * UInt128(weight[tenant])
      )
      if largest < share { largest = share }
    }
    return largest
  }

  /// Moves the epoch on by whole half-lives, so that the sums stay within 110
  /// bits.
  private func bringDown(_ scale: HalfLifeScale, at now: Int64) {
    let past = (now - epoch) / scale.halfLife
    guard past >= Self.span else { return }
    epoch += past * scale.halfLife
    for position in sums.indices { sums[position] >>= Int128(min(past, 126)) }
    scaledAt = -1
  }
}
