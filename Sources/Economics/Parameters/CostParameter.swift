/// A quantity that the owned-cost model uses, with its range and its source.
public struct CostParameter: Hashable, Sendable {
  /// As a table names it, such as `facility.pue`.
  public var name: String
  public var low: Double
  public var typical: Double
  public var high: Double
  public var unit: String
  public var evidence: Evidence
  public var source: String

  init(
    _ name: String,
    _ low: Double,
    _ typical: Double,
    _ high: Double,
    _ unit: String,
    _ evidence: Evidence,
    _ source: String
  ) {
    self.name = name
    self.low = low
    self.typical = typical
    self.high = high
    self.unit = unit
    self.evidence = evidence
    self.source = source
  }
}

/// What the owned-cost model asks for, by the name in the tables.
///
/// The raw value is the place in ``CostParameters``.
public enum CostRole: Int, CaseIterable, Sendable {
  case nodePrice, networkPerNode, sparesShare, installShare
  case life, residual36, residual60, costOfCapital, costGrowth, cloudPriceDecline
  case insurance, maintenance, vendorSoftware, orchestrationSoftware
  case rent, electricity, pue, nodePower, loadShare, idleShare, hostPower
  case postCost, nodesPerPost, minimumPosts
  case availability, carbonIntensity, embodiedCarbon
  case taxRate, leadTime, storagePrice
  case oneYearDiscount, objectStorage, supportShare
  case interruptions, checkpointInterval, restartTime
  case buildCost, buildingLife

  /// Read when a stored run is priced, not by an estimate from a few words.
  public var isForRuns: Bool { rawValue >= Self.taxRate.rawValue }
}

/// The parameters of the owned-cost model for one GPU: one for each role.
public struct CostParameters: Hashable, Sendable {
  /// By the raw value of ``CostRole``.
  public private(set) var list: [CostParameter]
  /// GPUs in a node.
  public let gpusPerNode: Int

  init(_ list: [CostParameter], gpusPerNode: Int) {
    precondition(list.count == CostRole.allCases.count)
    self.list = list
    self.gpusPerNode = gpusPerNode
  }

  public subscript(role: CostRole) -> CostParameter {
    get { list[role.rawValue] }
    set { list[role.rawValue] = newValue }
  }

  /// Those that an estimate from a few words reads.
  public var ofEstimates: [CostParameter] {
    CostRole.allCases.filter { !$0.isForRuns }.map { self[$0] }
  }

  /// The typical values, by role.
  public var typical: [Double] { list.map(\.typical) }
}
