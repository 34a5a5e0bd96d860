/// A common claim and how it is tested, as a file says it.
public struct LoadedClaim: Sendable {
  /// How a claim is tested; the functions are in the module `Claims`.
  public enum Check: String, CaseIterable, Sendable {
    /// A GPU on demand all year, at every listed offer, against `above` USD.
    case cloudYear = "cloud-year"
    /// A GPU's price from `above` to `below` USD, alone and in a cluster.
    case purchase
    /// Payback of owning within `below` years, at `uses`, against providers.
    case payback
    /// A scenario with `set` (before) and as it is (after): `above` to `below`
    /// times as many jobs complete.
    case sharing
    /// A year's egress of `terabytes` a month against `above` USD.
    case egress
    /// Owning wins above the use `above`, against providers.
    case breakEven = "break-even"
    /// What moving and re-reading `terabytes` costs and takes.
    case dataGravity = "data-gravity"
    /// Training on `gpu` is `above` to `below` times as fast as on `other`.
    case trainingSpeed = "training-speed"
    /// `gpu` has `above` times the memory and `below` times the bandwidth of
    /// `other`.
    case memoryBandwidth = "memory-bandwidth"

    /// Keys that it needs.
    var keys: [String] {
      switch self {
      case .cloudYear: ["gpu", "above"]
      case .purchase: ["gpu", "above", "below", "fleets"]
      case .payback: ["gpu", "below", "fleets", "uses", "against"]
      case .sharing: ["above", "below", "scenario", "set"]
      case .egress: ["above", "terabytes"]
      case .breakEven: ["gpu", "above", "fleets", "against"]
      case .dataGravity: ["terabytes"]
      case .trainingSpeed, .memoryBandwidth: ["gpu", "other", "above", "below"]
      }
    }
  }

  public var name: String
  /// One sentence.
  public var claim: String
  public var check: Check
  /// Ids of the catalogue; empty where the check needs none.
  public var gpu: String
  public var other: String
  public var against: [String]
  /// GPUs of the fleets on which it is tested.
  public var fleets: [Int]
  /// Shares of the available GPU-hours.
  public var uses: [Double]
  public var above: Double
  public var below: Double
  public var terabytes: [Double]
  public var scenario: Scenarios?

  /// A scenario without and with what the claim praises.
  public struct Scenarios: Sendable {
    /// As the claim names it.
    public var file: String
    public var before: LoadedScenario
    public var after: LoadedScenario
    /// `key=value` of the first.
    public var changes: [String]
  }
}
