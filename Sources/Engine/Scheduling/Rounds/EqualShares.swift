/// Every job has an equal part of each GPU model for itself.
final class EqualShares: RoundAllocator {
  func shares(_ demand: RoundDemand) -> [[Double]] { demand.jobs.map(demand.equalShare) }
}
