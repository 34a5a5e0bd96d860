import Economics
import Outcome
import Results

/// What a stored replication says about money.
struct StoredDemand {
  let figures: RunFigures
  let replication: ReplicationFigures
  let id: Int64
  let demand: RunDemand
  /// By tenant: thousandths of a GPU x ns that its jobs held.
  let held: [(tenant: String, time: Int128)]
  /// Of the fleet over the measured time.
  let capacity: Int128

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
    let series = try store.series(run: id, replication: wanted)
    guard capacity > 0, series.contains(where: { $0.name == "offered" }) else {
      throw InputError(
        "\(name) has no ledger of GPU time, so there is nothing to price: it has no GPUs, no jobs, or only fills a fleet"
      )
    }
    let window = replication.end.nanoseconds - replication.measuredFrom.nanoseconds
    demand = RunDemand(
      fleet: figures.fleet.filter { $0.gpus > 0 }.map { .init(gpu: $0.gpuModel, gpus: $0.gpus) },
      kinds: Self.kinds(series),
      served: Self.sum(series, "served"),
      waiting: Self.sum(series, "waiting"),
      window: window,
      bucket: replication.bucket.nanoseconds
    )
    var tenants: [(tenant: String, time: Int128)] = []
    for one in series where one.name == "served" {
      let time = one.values.reduce(0, +)
      if let place = tenants.firstIndex(where: { $0.tenant == one.tenant }) {
        tenants[place].time += time
      } else {
        tenants.append((one.tenant, time))
      }
    }
    held = tenants
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
