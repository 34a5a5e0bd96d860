import Engine
import Hardware
import SimulationKernel
import TestSupport
import Workload

/// A random scenario of images, caches, tiers, checkpoints, services, and sites
/// with data, on nodes that fail, leave and come back.
struct RandomStorage {
  /// What the jobs of a class do.
  struct Terms {
    var isService = false
    var image = -1
    var read: (bytes: Int64, tier: Int)?
    /// Work between two checkpoints and time to restart, ns.
    var plan: (interval: Int64, restart: Int64)?
    /// Time to write one, ns; or bytes to a tier.
    var write: Int64 = 0
    var sharedWrite: (bytes: Int64, tier: Int)?
    var isInBackground = false
    /// At home.
    var data: Int64 = 0
    var keepsData = false
  }

  let seed: UInt64
  var nodes: [NodeSketch] = []
  /// The first so many nodes are at home.
  var homeCount = 0
  var images: [Int64] = []
  var classes: [Terms] = []
  var jobs: [JobSketch] = []
  var classOf: [Int] = []
  var changes: [FleetChange] = []
  var storage = StorageSpec()
  var link = Bursting.Link(from: 0, to: 1, bytesPerSecond: 1)
  var hasSites: Bool { homeCount < nodes.count }

  init(seed: UInt64) {
    self.seed = seed
    var draws = SplitMix(seed: seed)
    func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &draws) == 0 }
    func bytes() -> Int64 { Int64.random(in: 100...40_000, using: &draws) }
    func rate() -> Int64 { Int64.random(in: 300...6_000, using: &draws) }
    homeCount = Int.random(in: 1...4, using: &draws)
    nodes = (0..<homeCount).map { _ in .gpu(Int.random(in: 1...4, using: &draws)) }
    if chance(2) {
      nodes += (0..<Int.random(in: 1...2, using: &draws)).map { _ in
        .gpu(Int.random(in: 1...4, using: &draws))
      }
    }
    images = (0..<3).map { _ in bytes() }
    storage.registry = .init(name: "r", bytesPerSecond: rate(), perFlow: chance(2) ? nil : rate())
    storage.unpackBytesPerSecond = chance(2) ? nil : rate()
    storage.cacheBytes =
      chance(3) ? nil : Int64.random(in: images.max()!...images.reduce(0, +), using: &draws)
    storage.tiers = (0..<2).map {
      .init(name: "t\($0)", bytesPerSecond: rate(), perFlow: chance(2) ? nil : rate())
    }
    link.bytesPerSecond = rate()
    link.isShared = !chance(3)
    for number in 0..<4 {
      var terms = Terms()
      terms.isService = number == 3
      if !chance(4) { terms.image = Int.random(in: 0..<3, using: &draws) }
      if !chance(3) { terms.read = (bytes(), Int.random(in: 0...1, using: &draws)) }
      if !terms.isService, !chance(3) {
        terms.plan = (
          Int64.random(in: 2_000_000_000...40_000_000_000, using: &draws),
          Int64.random(in: 0...9_000_000_000, using: &draws)
        )
        if chance(3) {
          terms.write = Int64.random(in: 0...9_000_000_000, using: &draws)
        } else {
          terms.sharedWrite = (bytes(), Int.random(in: 0...1, using: &draws))
          terms.isInBackground = chance(2)
        }
      }
      if !terms.isService, hasSites, !chance(3) {
        terms.data = bytes()
        terms.keepsData = chance(2)
      }
      classes.append(terms)
    }
    let used = Set(classes.map(\.image)).subtracting([-1]).sorted()
    if let first = used.first, chance(3) { storage.preloaded = ["i\(first)"] }
    let most = nodes.prefix(homeCount).map(\.gpus).max()!
    for _ in 0..<40 {
      let number = Int.random(in: 0...3, using: &draws)
      jobs.append(
        JobSketch(
          arrival: Int64.random(in: 0...500_000_000_000, using: &draws),
          duration: Int64.random(in: 1_000_000_000...120_000_000_000, using: &draws),
          gpus: Int32.random(in: 1...Int32(most), using: &draws),
          kind: number == 3 ? .service : .batch
        )
      )
      classOf.append(number)
    }
    let order = jobs.indices.sorted { jobs[$0].arrival < jobs[$1].arrival }
    (jobs, classOf) = (order.map { jobs[$0] }, order.map { classOf[$0] })
    for n in nodes.indices where chance(2) {
      var time = Int64.random(in: 1_000_000_000...300_000_000_000, using: &draws)
      for _ in 0..<Int.random(in: 1...3, using: &draws) {
        let back = time + Int64.random(in: 1_000_000_000...60_000_000_000, using: &draws)
        switch Int.random(in: 0...2, using: &draws) {
        case 0: changes.append(FleetChange(at: time, .interrupt, n))
        case 1: changes += [FleetChange(at: time, .fail, n), FleetChange(at: back, .repair, n)]
        default: changes += [FleetChange(at: time, .leave, n), FleetChange(at: back, .join, n)]
        }
        time = back + Int64.random(in: 1_000_000_000...100_000_000_000, using: &draws)
      }
    }
    changes.sort { $0.atNanoseconds < $1.atNanoseconds }
  }

  func input() -> SimulationInput {
    EngineTests.input(nodes, jobs, seed: seed).with {
      $0.jobs.classes = classes.indices.map { "c\($0)" }
      $0.jobs.jobClass = classOf.map { JobClassID(rawValue: UInt16($0)) }
      $0.queue = .fifo(headOfLineBlocking: false)
      $0.fleetChanges = changes
      var spec = storage
      for (number, terms) in classes.enumerated() {
        var result = StorageSpec.ClassTerms()
        if terms.image >= 0 {
          result.image = StorageSpec.Image(name: "i\(terms.image)", bytes: images[terms.image])
        }
        if let read = terms.read { (result.readBytes, result.tier) = read }
        if let write = terms.sharedWrite { (result.checkpointBytes, result.checkpointTier) = write }
        result.writesInBackground = terms.isInBackground
        spec.classes["c\(number)"] = result
        guard let plan = terms.plan else { continue }
        $0.jobs.checkpointPlans.append(
          CheckpointPlan(
            interval: SimDuration(nanoseconds: plan.interval),
            write: SimDuration(nanoseconds: terms.write),
            restart: SimDuration(nanoseconds: plan.restart)
          )
        )
        if $0.jobs.checkpoint.isEmpty { $0.jobs.checkpoint = Array(repeating: 0, count: jobs.count) }
        for job in jobs.indices where classOf[job] == number {
          $0.jobs.checkpoint[job] = UInt8($0.jobs.checkpointPlans.count)
        }
      }
      $0.storage = spec
      guard hasSites else { return }
      for n in nodes.indices {
        $0.fleet.nodes[n].labels = [NodeLabel(Bursting.siteLabel, n < homeCount ? "home" : "cloud")]
      }
      var burst = Bursting(sites: ["home", "cloud"], home: 0, rules: [Bursting.Rule(sites: [1])])
      burst.links = [link]
      for (number, terms) in classes.enumerated() where terms.data > 0 {
        var result = Bursting.ClassTerms()
        result.dataBytes = terms.data
        result.keepsData = terms.keepsData
        burst.classes["c\(number)"] = result
      }
      $0.burst = burst
    }
  }
}
