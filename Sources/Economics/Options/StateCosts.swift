/// Where the money of a fleet goes: an option that runs the simulated fleet,
/// by what became of the GPU time, USD a year.
public struct StateCosts: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    public var name: String
    /// Of the fleet's GPU time.
    public var share: Double
    /// USD a year.
    public var cost: Double
  }

  /// Parts that add up to the whole cost.
  public var parts: [Part]
  /// USD for a GPU-hour that was up, that jobs held, and that was busy; nil
  /// when there is none.
  public var perAvailable: Double?
  public var perAllocated: Double?
  public var perBusy: Double?
  /// USD for a completed job; nil when none is known.
  public var perJob: Double?
  /// Waiting GPU-hours at the cost of an allocated one, USD a year: what the
  /// delayed work would have cost to run. Not part of the bill.
  public var waiting: Double?

  /// nil for options that do not run the fleet, and for demands without the
  /// fleet's time.
  public init?(_ option: TCOOption, _ demand: RunDemand, rate: Double) {
    let fleetGPUs = demand.fleet.reduce(0) { $0 + $1.gpus }
    let ownsFleet = option.ownedGPUs.reduce(0) { $0 + $1.gpus } == fleetGPUs && option.rentedShare == 0
    let rentsFleet = !option.rentals.isEmpty && option.rentals.allSatisfy { $0.line == "rented fleet" }
    guard let time = demand.time, time.capacity > 0, ownsFleet || rentsFleet else { return nil }
    let cost = option.annualCost(rate: rate)
    parts = [
      ("busy", time.busy), ("allocated, not busy", time.allocated - time.busy),
      ("free, placeable", time.placeable), ("free, stranded", time.stranded),
      ("down or changing", time.unavailable),
    ].map { name, part in
      let share = Double(part) / Double(time.capacity)
      return Part(name: name, share: share, cost: cost * share)
    }
    func per(_ hours: Int128) -> Double? { hours > 0 ? cost / demand.perYear(hours) : nil }
    perAvailable = per(time.capacity - time.unavailable)
    perAllocated = per(time.allocated)
    perBusy = per(time.busy)
    perJob = demand.completedJobs.flatMap { jobs in
      jobs > 0 ? cost / (Double(jobs) * demand.repeatsPerYear) : nil
    }
    waiting = perAllocated.map { $0 * option.waitingPerYear }
  }
}
