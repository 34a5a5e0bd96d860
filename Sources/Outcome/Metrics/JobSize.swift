import Workload

/// The size classes by which waiting is told: GPUs of one job.
public enum JobSize: UInt8, CaseIterable, Hashable, Sendable {
  case none, fraction, one, twoToFour, fiveToEight, moreThanEight

  /// What metrics and tables call it, as in `size:2-4`.
  public var name: String {
    switch self {
    case .none: "0"
    case .fraction: "fraction"
    case .one: "1"
    case .twoToFour: "2-4"
    case .fiveToEight: "5-8"
    case .moreThanEight: "9+"
    }
  }

  /// The class of a request.
  public init(of shape: JobShape) {
    switch shape.gpuCount {
    case ...0: self = .none
    case 1: self = shape.milliGPUPerDevice < 1000 ? .fraction : .one
    case 2...4: self = .twoToFour
    case 5...8: self = .fiveToEight
    default: self = .moreThanEight
    }
  }
}
