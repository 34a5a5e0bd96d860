import Workload

/// The size classes by which waiting is told: GPUs of one job, all its workers
/// together.
public enum JobSize: UInt8, CaseIterable, Hashable, Sendable {
  case none, fraction, one, twoToFour, fiveToEight, nineToSixteen, seventeenTo64, sixtyFiveTo256, moreThan256

  /// What metrics and tables call it, as in `size:2-4`. Stored files hold
  /// these names: none is ever given another meaning.
  public var name: String {
    switch self {
    case .none: "0"
    case .fraction: "fraction"
    case .one: "1"
    case .twoToFour: "2-4"
    case .fiveToEight: "5-8"
    case .nineToSixteen: "9-16"
    case .seventeenTo64: "17-64"
    case .sixtyFiveTo256: "65-256"
    case .moreThan256: "257+"
    }
  }

  /// The class of a request; parts of a GPU are rounded up above one.
  public init(of shape: JobShape) {
    switch shape.milliGPU {
    case ...0: self = .none
    case ..<1000: self = .fraction
    case 1000: self = .one
    case ...4000: self = .twoToFour
    case ...8000: self = .fiveToEight
    case ...16_000: self = .nineToSixteen
    case ...64_000: self = .seventeenTo64
    case ...256_000: self = .sixtyFiveTo256
    default: self = .moreThan256
    }
  }
}
