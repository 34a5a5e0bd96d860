import Economics
import Engine
import Hardware
import Scenario

/// Tests claims by computing and simulating them.
public enum ClaimTest {
  /// - Parameters:
  ///   - replications: of a claim that is simulated.
  ///   - threads: replications at a time.
  /// - Throws: ``ClaimError``, and what the estimate or the simulation throws.
  public static func run(
    _ claim: LoadedClaim,
    replications: Int,
    threads: Int,
    observer: (any RunObserver & Sendable)? = nil
  ) throws -> ClaimResult {
    switch claim.check {
    case .cloudYear: try PriceClaims.cloudYear(claim)
    case .purchase: try PriceClaims.purchase(claim)
    case .payback: try OwningClaims.payback(claim)
    case .breakEven: try OwningClaims.breakEven(claim)
    case .egress: DataClaims.egress(claim)
    case .dataGravity: DataClaims.dataGravity(claim)
    case .trainingSpeed: try HardwareClaims.trainingSpeed(claim)
    case .memoryBandwidth: try HardwareClaims.memoryBandwidth(claim)
    case .sharing:
      try SharingClaims.sharing(claim, replications: replications, threads: threads, observer: observer)
    }
  }

  static func gpu(_ name: String, _ claim: LoadedClaim) throws -> GPUModel {
    guard let model = GPUCatalogue.builtin.model(named: name) else {
      throw ClaimError(claim: claim.name, reason: "the catalogue has no GPU `\(name)`")
    }
    return model
  }
}

extension LoadedClaim {
  /// A result of this claim.
  func result(
    _ verdict: ClaimResult.Verdict,
    _ conditions: String,
    _ table: [[String]],
    command: String
  ) -> ClaimResult {
    ClaimResult(
      name: name,
      claim: claim,
      verdict: verdict,
      conditions: conditions,
      table: table,
      command: command
    )
  }
}

extension ClaimResult.Verdict {
  /// Of so many cases, so many of which hold.
  init(_ holding: Int, of all: Int) {
    self = holding == all ? .holds : holding == 0 ? .fails : .inPart
  }
}
