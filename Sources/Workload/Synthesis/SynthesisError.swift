import SimulationKernel

/// What is wrong with a ``SynthesisSpec``, and at which key.
public struct SynthesisError: Error, Equatable, Sendable {
  /// Where in the spec, such as `classes[2].demand[0].weight`. Keys of
  /// ``BatchSpec`` stand directly under the class, those of ``ServiceSpec``
  /// under `service`.
  public var keyPath: String
  public var problem: Problem

  public init(_ keyPath: String, _ problem: Problem) {
    self.keyPath = keyPath
    self.problem = problem
  }

  /// The kinds of trouble.
  public enum Problem: Equatable, Sendable {
    /// A list or a name that may not be empty.
    case empty
    case outOfRange(found: String, accepted: String)
    case duplicate(String)
    case variate(VariateError)
    /// Two statements that exclude each other.
    case conflict(String)
    /// An offered load needs a mean duration.
    case infiniteMean
    /// An offered load needs jobs that ask for GPUs.
    case noGPUDemand
    /// An offered load needs a fleet with GPUs.
    case noCapacity
    /// More steps than ``SynthesisSpec/maximumJobs``.
    case tooMany(what: String, expected: Double)
  }
}

extension SynthesisError: CustomStringConvertible {
  public var description: String { "\(keyPath): \(message)" }

  /// The text without the key.
  public var message: String {
    switch problem {
    case .empty: "is empty; at least one is needed"
    case .outOfRange(let found, let accepted): "is \(found); accepted: \(accepted)"
    case .duplicate(let name): "`\(name)` is there twice; names are unique"
    case .variate(let error): error.description
    case .conflict(let text): text
    case .infiniteMean:
      "an offered load needs a finite mean duration; limit the duration above, or state rates instead"
    case .noGPUDemand: "an offered load needs jobs that ask for GPUs; state rates instead"
    case .noCapacity: "an offered load needs a fleet with GPUs; state rates instead"
    case .tooMany(let what, let expected):
      "asks for \(expected < 1e15 ? "some \(Int64(expected))" : "countless") \(what); "
        + "at most \(SynthesisSpec.maximumJobs) are made"
    }
  }
}
