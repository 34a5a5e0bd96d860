import SimulationKernel

/// What a replica does between its place on a node and its first request.
///
/// `pull x (1 - cached) + weights + initialisation`; the start of a node is no
/// part of it, nor what the run simulates: the image and the weights that the
/// replica fetches over shared bandwidth. The defaults are for a model of about 8
/// billion parameters: see each property.
public struct ColdStart: Hashable, Sendable {
  /// Pulling and unpacking the image where no layer is there. 9 min: 5-6 min
  /// and 3-4 min for an image of 20.2 GB (BentoML blog on cold starts of
  /// Llama-3.1-8B).
  public var pull = SimDuration.seconds(540)
  /// Share of the pull that the node's cache spares, 0 ... 1.
  public var cached = 0.0
  /// Loading the weights. 30 s: 15-40 s are reported for 7 billion parameters
  /// in 16 bits; 84 s for Llama-2-70B (ServerlessLLM, OSDI 2024).
  public var weights = SimDuration.seconds(30)
  /// Configuring and warming up. 2 min (BentoML, as above).
  public var initialisation = SimDuration.seconds(120)

  public init() {}

  /// All of it, rounded to the nanosecond.
  public var total: SimDuration {
    let pull = SimDuration(seconds: pull.seconds * (1 - cached)) ?? .zero
    return SimDuration(nanoseconds: pull.nanoseconds + weights.nanoseconds + initialisation.nanoseconds)
  }
}
