import Hardware
import Workload

/// What the free slots of one GPU cannot give to a mix of jobs: the measure of
/// ``MIGInstanceRule/leastLoss``, and of the placement policy `fgd` on slots, for
/// one choice. FGD (USENIX ATC 2023) carried over to memory slots.
public struct MIGMixLoss {
  /// Jobs that ask for each kind of instance, and for whole GPUs.
  public struct Mix: Hashable, Sendable {
    /// By position in ``MIGGeometry/profiles``.
    public var instances: [Int64]
    public var wholeGPUs: Int64

    public init(instances: [Int64], wholeGPUs: Int64 = 0) {
      self.instances = instances
      self.wholeGPUs = wholeGPUs
    }

    /// All jobs of the mix.
    public var jobs: Int64 { instances.reduce(wholeGPUs, +) }
  }

  /// What one start would leave.
  public struct Choice: Hashable, Sendable {
    public var start: Int
    /// Slots that the mean job of the mix could not use; and by how much that
    /// grows.
    public var loss: Double
    public var growth: Double
    /// The rule takes it: the least growth, the lowest start among equals.
    public var isTaken: Bool
    /// By profile: slots that further instances of it could take.
    public var usable: [Int]
  }

  private let space: MIGStateSpace
  private let mix: Mix
  /// By profile and state: instances.
  private let most: [[Int32]]

  /// - Precondition: the mix has a weight for each profile.
  public init(_ geometry: MIGGeometry, _ mix: Mix) {
    precondition(mix.instances.count == geometry.profiles.count, "a mix of another board")
    let space = MIGStateSpace(MIGBook.Kind(geometry: geometry, layouts: nil))
    self.space = space
    self.mix = mix
    most = geometry.profiles.indices.map { space.mostInstances($0) }
  }

  /// Slots that the mean job of the mix cannot use of a GPU in the state.
  public func loss(_ present: MIGState) -> Double { slots(milli(number(present))) }

  /// By profile: slots that further instances of it could take.
  public func usable(_ present: MIGState) -> [Int] {
    let s = number(present)
    return space.geometry.profiles.enumerated().map { Int(most[$0][s]) * $1.memorySlots }
  }

  /// The legal starts of a further instance, ascending.
  public func choices(_ profile: Int, beside present: MIGState) -> [Choice] {
    let before = number(present)
    let open = space.open(profile, before)
    let after = open.map { space.taking($0, from: before)! }
    let growths = after.map { milli($0) - milli(before) }
    let taken = growths.indices.min { (growths[$0], open[$0]) < (growths[$1], open[$1]) }
    return open.indices.map { i in
      let placement = space.geometry.placements[open[i]]
      return Choice(
        start: placement.start,
        loss: slots(milli(after[i])),
        growth: slots(growths[i]),
        isTaken: i == taken,
        usable: usable(present.union(placement.parts))
      )
    }
  }

  /// - Precondition: instances can leave the GPU in this state.
  private func number(_ present: MIGState) -> Int { space.state(holding: present)! }

  private func milli(_ s: Int) -> Int64 {
    space.loss(s, wholeWeight: mix.wholeGPUs) { visit in
      for (profile, weight) in mix.instances.enumerated() where weight > 0 {
        visit(weight, most[profile][s] * space.geometry.milli(ofProfile: profile))
      }
    }
  }

  private func slots(_ weighted: Int64) -> Double {
    Double(weighted) * Double(space.geometry.slotCount) / (1000 * Double(max(1, mix.jobs)))
  }
}

extension MIGStateSpace {
  /// What of the free slots the mix cannot use, in thousandths of a GPU x jobs.
  ///
  /// - Parameter mix: tells the jobs of each kind, and the thousandths that
  ///   further instances of it could take.
  func loss(
    _ s: Int,
    wholeWeight: Int64,
    _ mix: ((_ jobs: Int64, _ usableMilli: Int32) -> Void) -> Void
  ) -> Int64 {
    let free = freeMilli(s)
    var sum = wholeWeight * (isWhole(s) ? 0 : Int64(free))
    mix { sum += $0 * Int64(free - $1) }
    return sum
  }
}

extension SimulationInput {
  /// The mix by which the run's choices are made on GPUs of this board; nil: it
  /// cuts none by MIG.
  public func mixOfInstances(on geometry: MIGGeometry) throws -> MIGMixLoss.Mix? {
    let prepared = try PreparedRun(self)
    guard let book = prepared.mig,
      let kind = book.kinds.firstIndex(where: { $0.geometry.name == geometry.name })
    else { return nil }
    var mix = MIGMixLoss.Mix(instances: Array(repeating: 0, count: geometry.profiles.count))
    for job in prepared.typicalWithMemory where job.request.gpuCount > 0 {
      guard job.request.slice >= 0 else {
        mix.wholeGPUs += job.count
        continue
      }
      let profile = book.slices[Int(job.request.slice)][kind]
      if profile >= 0 { mix.instances[profile] += job.count }
    }
    return mix
  }
}
