import Engine
import Hardware

/// What each start of a further instance would cost the jobs that are to come,
/// and which start `least-loss` takes.
public struct MIGPlacementLosses: Sendable {
  /// One kind of job of the mix.
  public struct Kind: Sendable {
    /// A profile by name, or `whole GPU`.
    public var name: String
    public var jobs: Int64
    /// Slots that further instances for it could take: as it is, and after each
    /// choice. All or none for a whole GPU.
    public var usable: Int
    public var usableAfter: [Int]
  }

  public let jobs: Int64
  /// Slots that the mean job cannot use as it is.
  public let loss: Double
  public let choices: [MIGMixLoss.Choice]
  /// Smallest profiles first; only those with jobs.
  public let kinds: [Kind]

  public init(
    _ geometry: MIGGeometry,
    _ mix: MIGMixLoss.Mix,
    profile: Int,
    beside present: [MIGPlacement]
  ) {
    let measure = MIGMixLoss(geometry, mix)
    let state = present.reduce(MIGState.empty) { $0.union($1.parts) }
    let choices = measure.choices(profile, beside: state)
    jobs = mix.jobs
    loss = measure.loss(state)
    self.choices = choices
    let now = measure.usable(state)
    var kinds = geometry.profiles.indices.filter { mix.instances[$0] > 0 }.map { number in
      Kind(
        name: geometry.profiles[number].name,
        jobs: mix.instances[number],
        usable: now[number],
        usableAfter: choices.map { $0.usable[number] }
      )
    }
    if mix.wholeGPUs > 0 {
      kinds.append(
        Kind(
          name: "whole GPU",
          jobs: mix.wholeGPUs,
          usable: present.isEmpty ? geometry.slotCount : 0,
          usableAfter: choices.map { _ in 0 }
        )
      )
    }
    self.kinds = kinds
  }
}
