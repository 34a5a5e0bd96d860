import Economics
import Hardware
import Outcome
import Results

/// What a stored replication says about money.
struct StoredDemand {
  let figures: RunFigures
  let replication: ReplicationFigures
  let id: Int64
  let demand: RunDemand
  /// By tenant: GPU time that its jobs held, by leaf of the ledger.
  let tenants: [(tenant: String, totals: LedgerTotals)]
  /// Of the fleet over the measured time.
  let capacity: Int128
  private let series: [Series]

  init(_ store: ResultStore, run number: Int64?, replication wanted: Int) throws {
    figures = try store.figures(run: number)
    id = figures.id ?? 0
    let name = "run \(id) (\(figures.header.name))"
    guard let replication = figures.replications.first(where: { $0.number == wanted }) else {
      throw InputError("\(name) has no replication \(wanted); it has 0 to \(figures.replications.count - 1)")
    }
    self.replication = replication
    let ledger = try store.ledger(run: id, replication: wanted)
    capacity = ledger.reduce(0) { $0 + $1.totals.capacity }
    series = try store.series(run: id, replication: wanted)
    guard capacity > 0, series.contains(where: { $0.name == "offered" }) else {
      throw InputError(
        "\(name) has no ledger of GPU time, so there is nothing to price: it has no GPUs, no jobs, or only fills a fleet"
      )
    }
    let window = replication.end.nanoseconds - replication.measuredFrom.nanoseconds
    var demand = RunDemand(
      fleet: figures.fleet.filter { $0.gpus > 0 }.map { .init(gpu: $0.gpuModel, gpus: $0.gpus) },
      kinds: Self.kinds(series),
      served: Self.sum(series, "served"),
      waiting: Self.sum(series, "waiting"),
      window: window,
      bucket: replication.bucket.nanoseconds
    )
    demand.startOfDay = replication.measuredFrom.nanoseconds % 86_400_000_000_000
    demand.time = Self.time(ledger.map(\.totals))
    demand.completedJobs = try store.completedJobs(run: id, replication: wanted)
    self.demand = demand
    tenants = try store.tenantLedgers(run: id, replication: wanted)
  }

  /// GPU time held by day (from the start of the measured time) and tenant;
  /// what nobody held has an empty name.
  func usageByDay() -> [(day: Int, tenant: String, time: Int128)] {
    let day: Int64 = 86_400_000_000_000
    let bucket = replication.bucket.nanoseconds
    let days = Int((demand.window + day - 1) / day)
    var held: [String: [Int128]] = [:]
    for one in series where one.name == "served" {
      var sums = held[one.tenant] ?? Array(repeating: 0, count: days)
      for (index, value) in one.values.enumerated() {
        sums[min(days - 1, Int(Int64(index) * bucket / day))] += value
      }
      held[one.tenant] = sums
    }
    return (0..<days).flatMap { number in
      var rows = tenants.map { (day: number, tenant: $0.tenant, time: held[$0.tenant]?[number] ?? 0) }
      let length = min(day, demand.window - Int64(number) * day)
      let all = capacity * Int128(length) / Int128(demand.window)
      rows.append((number, "", max(0, all - rows.reduce(0) { $0 + $1.time })))
      return rows
    }
  }

  private static func time(_ ledger: [LedgerTotals]) -> RunDemand.FleetTime {
    func sum(_ part: (LedgerTotals) -> Int128) -> Int128 { ledger.reduce(0) { $0 + part($1) } }
    return RunDemand.FleetTime(
      capacity: sum(\.capacity),
      unavailable: sum { $0[.downFault] + $0[.downMaintenance] + $0[.changing] + $0[.changingWipe] },
      placeable: sum { $0[.freePlaceable] },
      stranded: sum(\.stranded),
      allocated: sum(\.allocated),
      busy: sum(\.busy)
    )
  }

  private static func sum(_ series: [Series], _ name: String) -> Int128 {
    series.filter { $0.name == name }.reduce(0) { $0 + $1.values.reduce(0, +) }
  }

  /// Offered demand by the GPU models that it accepts, over all tenants.
  private static func kinds(_ series: [Series]) -> [RunDemand.Kind] {
    var kinds: [RunDemand.Kind] = []
    for one in series where one.name == "offered" {
      let accepts = one.gpuModel.isEmpty ? [] : one.gpuModel.split(separator: "|").map(String.init)
      if let place = kinds.firstIndex(where: { $0.accepts == accepts }) {
        let missing = one.values.count - kinds[place].offered.count
        if missing > 0 { kinds[place].offered += Array(repeating: 0, count: missing) }
        for (bucket, value) in one.values.enumerated() { kinds[place].offered[bucket] += value }
      } else {
        kinds.append(.init(accepts: accepts, offered: one.values))
      }
    }
    return kinds
  }
}
