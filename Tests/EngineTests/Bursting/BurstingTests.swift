import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Jobs that leave their home site; times are worked by hand.
@Suite struct BurstingTests {
  private func seconds(_ value: Double) -> Int64 { Int64((value * 1e9).rounded()) }

  private func job(_ gpus: Int32, at arrival: Double, for duration: Double) -> JobSketch {
    .gpu(gpus, at: seconds(arrival), for: seconds(duration))
  }

  /// The base, and a cloud of `cloud` nodes: auto ones of 60 USD an hour unless
  /// they are `standing`.
  private func run(
    base: [NodeSketch] = [.gpu(1)],
    cloud: [NodeSketch] = [.gpu(1), .gpu(1)],
    standing: Bool = false,
    _ jobs: [JobSketch],
    until end: Double = 3_600,
    rules: [Bursting.Rule] = [Bursting.Rule(sites: [1])],
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try Simulation.run(
      input(base + cloud, jobs).with {
        let there = base.count..<base.count + cloud.count
        for n in there { $0.fleet.nodes[n].labels = [NodeLabel(Bursting.siteLabel, "cloud")] }
        $0.horizon = SimTime(nanoseconds: seconds(end))
        $0.bucket = SimDuration(nanoseconds: seconds(end))
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.burst = Bursting(sites: ["base", "cloud"], home: 0, rules: rules)
        if !standing {
          $0.autoNodes = AutoNodes(
            pools: [AutoNodes.Pool(name: "cloud")],
            groups: [AutoNodes.Group(name: "cloud", nodes: there, pool: 0, pricePerHour: 60)]
          )
        }
        change(&$0)
      }
    )
  }

  private func rule(after: Double = 0, _ change: (inout Bursting.Rule) -> Void = { _ in }) -> Bursting.Rule {
    var rule = Bursting.Rule(sites: [1])
    rule.after = SimDuration(nanoseconds: seconds(after))
    change(&rule)
    return rule
  }

  private func starts(_ outcome: RunOutcome) -> [Double] {
    outcome.jobs.startNanoseconds.map { $0 < 0 ? -1 : Double($0) / 1e9 }
  }

  private func held(_ outcome: RunOutcome) -> [BurstTotals.Condition: Int64] {
    var result: [BurstTotals.Condition: Int64] = [:]
    for condition in BurstTotals.Condition.allCases {
      let count = outcome.bursts!.held[condition.rawValue]
      if count > 0 { result[condition] = count }
    }
    return result
  }

  @Test func `a job that has waited for long enough brings a node of the other site`() throws {
    let outcome = try run([job(1, at: 0, for: 1_000), job(1, at: 10, for: 100)], rules: [rule(after: 60)])
    // Leave at 70, the batch closes at 71, and 300 s later the node is up.
    #expect(starts(outcome) == [0, 371])
    let bursts = try #require(outcome.bursts)
    #expect(bursts.sites.map(\.jobs) == [0, 1])
    #expect(bursts.sites[1].milliGPUNanoseconds == Int128(seconds(100)) * 1000)
    // Launched at 71, empty at 471, seen at 480, gone at 525.
    #expect(abs(bursts.sites[1].nodeCost - 60 * 454 / 3600) < 1e-9)
    #expect(held(outcome) == [:])
  }

  @Test func `a job with leave goes home if there is room first, and jobs that come later stay at home`()
    throws
  {
    let outcome = try run(
      [job(1, at: 0, for: 200), job(1, at: 10, for: 300), job(1, at: 600, for: 10)],
      rules: [rule(after: 60)]
    )
    #expect(starts(outcome) == [0, 200, 600])
    #expect(outcome.jobs.node.map(\.rawValue) == [0, 0, 0])
    #expect(outcome.bursts?.sites[1].jobs == 0)
    // The node that was launched for the second job came, and went empty.
    #expect(outcome.autoNodes[0].launched == 1)
  }

  @Test func `a rule for deadlines lets a job go when it would miss its own`() throws {
    let outcome = try run(
      standing: true,
      [job(1, at: 0, for: 2_000), job(1, at: 0, for: 100), job(1, at: 0, for: 100)],
      rules: [rule { $0.deadlineSlack = SimDuration.seconds(50) }]
    ) {
      // The second is due at 1,000 and expected to run for 300.
      $0.jobs.deadline = [.zero, .seconds(1_000), .zero]
      $0.jobs.estimate = [.seconds(2_000), .seconds(300), .seconds(100)]
    }
    #expect(starts(outcome) == [0, 650, 2_000])
    #expect(held(outcome) == [.deadline: 1])
  }

  @Test func `every condition of a rule holds jobs back, and is counted`() throws {
    func stays(_ change: (inout Bursting.Rule) -> Void, _ other: (inout SimulationInput) -> Void = { _ in })
      throws -> [BurstTotals.Condition: Int64]
    {
      let outcome = try run(
        standing: true,
        [job(1, at: 0, for: 1_000), job(1, at: 1, for: 100)],
        rules: [rule(change)],
        other
      )
      #expect(starts(outcome) == [0, 1_000])
      return held(outcome)
    }
    #expect(try stays { $0.classes = ["other"] } == [.jobClass: 1])
    #expect(try stays { $0.tenants = ["other"] } == [.tenant: 1])
    #expect(try stays { $0.leastPriority = 1 } == [.priority: 1])
    #expect(try stays { $0.shortest = .seconds(101) } == [.duration: 1])
    #expect(try stays { $0.longest = .seconds(99) } == [.duration: 1])
    #expect(try stays { $0.after = .seconds(1_000) } == [.wait: 1])
    let late = try stays({ $0.largestEstimateError = 0.4 }) {
      $0.jobs.estimate = [.seconds(2_000), .seconds(100)]
    }
    #expect(late == [.predictability: 1])
    var terms = Bursting.ClassTerms()
    terms.mayLeave = false
    let kept = try stays({ _ in }) { $0.burst!.classes = ["class": terms] }
    #expect(kept == [.compliance: 1])
    // With all of them met the job leaves at once.
    let free = try run(
      standing: true,
      [job(1, at: 0, for: 1_000), job(1, at: 1, for: 100)],
      rules: [rule { ($0.classes, $0.longest, $0.leastPriority) = (["class"], .seconds(100), 0) }]
    )
    #expect(starts(free) == [0, 1])
  }

  @Test func `runs that stage at once share a link that is shared, and wait for data that stay`() throws {
    func staged(shared: Bool, keep: Bool) throws -> RunOutcome {
      var terms = Bursting.ClassTerms()
      terms.dataBytes = 130_000_000_000
      terms.keepsData = keep
      let jobs = [job(1, at: 0, for: 1_000), job(1, at: 1, for: 100), job(1, at: 1, for: 100)]
      // The fourth comes when all is there.
      return try run(standing: true, jobs + [job(1, at: 300, for: 100)]) {
        $0.burst!.classes = ["class": terms]
        var link = Bursting.Link(from: 0, to: 1, bytesPerSecond: 5_000_000_000, usdPerGiB: 0.09)
        link.isShared = shared
        $0.burst!.links = [link]
      }
    }
    let usd = 130e9 / 1_073_741_824 * 0.09
    for (shared, keep, ends, staging, egress) in [
      (false, false, [127.0, 127, 426], 78.0, 3.0), (true, false, [153.0, 153, 426], 130.0, 3.0),
      (false, true, [127.0, 127, 400], 52.0, 1.0), (true, true, [127.0, 127, 400], 52.0, 1.0),
    ] {
      let outcome = try staged(shared: shared, keep: keep)
      #expect(outcome.jobs.endNanoseconds == [seconds(1_000)] + ends.map(seconds))
      let bursts = try #require(outcome.bursts)
      #expect(bursts.stagingNanoseconds == Int128(seconds(staging)))
      #expect(outcome.ledger[.overhead] == Int128(seconds(staging)) * 1000)
      #expect(abs(bursts.egressCost - egress * usd) < 1e-5)
    }
  }

  @Test func `how long a job stages that others may slow is not limited`() throws {
    var terms = Bursting.ClassTerms()
    terms.dataBytes = 1
    terms.keepsData = true
    do {
      _ = try run([job(1, at: 0, for: 1)]) {
        $0.burst!.classes = ["class": terms]
        $0.burst!.links = [Bursting.Link(from: 0, to: 1, bytesPerSecond: 1)]
        $0.jobs.timeLimit = [.seconds(5)]
      }
      Issue.record("it runs")
    } catch { #expect("\(error)".contains("time limit"), "\(error)") }
  }

  @Test func `130 GB at 5 GB a second take 26 s before the work, which are overhead, and cost their egress`()
    throws
  {
    var terms = Bursting.ClassTerms()
    terms.dataBytes = 130_000_000_000
    let outcome = try run(standing: true, [job(1, at: 0, for: 1_000), job(1, at: 1, for: 100)]) {
      $0.burst!.classes = ["class": terms]
      $0.burst!.links = [Bursting.Link(from: 0, to: 1, bytesPerSecond: 5_000_000_000, usdPerGiB: 0.09)]
    }
    #expect(outcome.jobs.endNanoseconds == [seconds(1_000), seconds(127)])
    #expect(outcome.ledger[.overhead] == Int128(seconds(26)) * 1000)
    let bursts = try #require(outcome.bursts)
    #expect(bursts.stagingNanoseconds == Int128(seconds(26)))
    #expect(abs(bursts.egressCost - 130e9 / 1_073_741_824 * 0.09) < 1e-5)
    // A rule that allows 25 s keeps the job at home.
    let kept = try run(
      standing: true,
      [job(1, at: 0, for: 1_000), job(1, at: 1, for: 100)],
      rules: [rule { $0.longestStaging = .seconds(25) }]
    ) {
      $0.burst!.classes = ["class": terms]
      $0.burst!.links = [Bursting.Link(from: 0, to: 1, bytesPerSecond: 5_000_000_000)]
    }
    #expect(starts(kept) == [0, 1_000])
    #expect(held(kept) == [.staging: 1])
  }

  @Test func `a run that is cut short while its data come stages them anew`() throws {
    var terms = Bursting.ClassTerms()
    terms.dataBytes = 40
    let outcome = try run(standing: true, [job(1, at: 0, for: 1_000), job(1, at: 0, for: 100)]) {
      $0.burst!.classes = ["class": terms]
      $0.burst!.links = [Bursting.Link(from: 0, to: 1, bytesPerSecond: 1)]
      // Both cloud nodes are interrupted half-way through the staging.
      $0.fleetChanges = [FleetChange(at: seconds(20), .interrupt, 1, 2)]
    }
    #expect(outcome.jobs.endNanoseconds == [seconds(1_000), seconds(20 + 40 + 100)])
    #expect(outcome.bursts?.sites[1].jobs == 2)
    #expect(outcome.ledger[.overhead] == Int128(seconds(60)) * 1000)
    #expect(outcome.ledger[.lost] == 0)
  }

  @Test func `a budget holds what does not fit until the next period, and gives back what was not used`()
    throws
  {
    // A job of half an hour on a node of 60 USD an hour is charged 30 USD.
    let outcome = try run(
      [job(1, at: 0, for: 3_000)] + (1...3).map { job(1, at: Double($0), for: 1_800) },
      until: 7_200
    ) {
      $0.burst!.budget = Bursting.Budget(usd: 65, every: .seconds(3_600))
    }
    // Two go at once, each in a batch of its own, whose node is up 300 s later; the third
    // is held, also when the first node is free again at 2,102, until home is.
    #expect(starts(outcome) == [0, 302, 303, 3_000])
    #expect(held(outcome) == [.budget: 1])
    #expect(outcome.bursts?.permittedCost == 60)
    // The second job starts at home after all, and the third has its leave a
    // nanosecond later: it gets the node that was launched for the second.
    let given = try run([job(1, at: 0, for: 100), job(1, at: 1, for: 1_800), job(1, at: 2, for: 1_800)]) {
      $0.burst!.budget = Bursting.Budget(usd: 35, every: .seconds(3_600))
    }
    #expect(starts(given) == [0, 100, 302])
    #expect(given.bursts?.permittedCost == 30)
    #expect(held(given) == [:])
  }

  @Test func `the workers of a gang never lie at two sites`() throws {
    let gang = JobSketch(arrival: 0, duration: seconds(100), gpus: 1, workers: 2)
    // One free node at each site: it waits, then goes where two are free.
    let apart = try run(cloud: [.gpu(1)], standing: true, [gang, job(1, at: 0, for: 50)]) {
      $0.rejectsImpossibleJobs = true
    }
    #expect(apart.jobs.state[0] == .rejected)
    let outcome = try run(
      base: [.gpu(1), .gpu(1)],
      standing: true,
      [
        job(1, at: 0, for: 500), job(1, at: 0, for: 40).with { $0.workers = 1 },
        gang.with { $0.arrival = seconds(1) },
      ],
      rules: [rule(after: 10)]
    )
    #expect(starts(outcome) == [0, 0, 11])
    let nodes = outcome.pieces.map(\.node)
    #expect(nodes.allSatisfy { $0 >= 2 } && nodes.count == 2)
    // The provisioner brings both of its nodes from the cloud, though one at home is free.
    let brought = try run(
      base: [.gpu(1), .gpu(1)],
      [job(1, at: 0, for: 900), gang],
      rules: [rule(after: 10)]
    )
    #expect(starts(brought) == [0, 311])
    #expect(brought.autoNodes[0].launched == 2)
  }

  @Test func `a gang that leaves stages its data and then works at the speed of the fabric there`() throws {
    let gang = JobSketch(arrival: 0, duration: seconds(100), gpus: 1, workers: 2)
    var terms = Bursting.ClassTerms()
    terms.dataBytes = 40
    let outcome = try run(base: [.gpu(1), .gpu(1)], standing: true, [gang, gang]) {
      for n in [2, 3] { $0.fleet.nodes[n].place.fabric = .ethernet }
      $0.jobs.speeds = [PlacementSpeed { _, fabric in fabric == .ethernet ? 0.5 : 1 }]
      $0.jobs.speed = [1, 1]
      $0.burst!.classes = ["class": terms]
      $0.burst!.links = [Bursting.Link(from: 0, to: 1, bytesPerSecond: 1)]
    }
    #expect(outcome.jobs.endNanoseconds == [seconds(100), seconds(40 + 200)])
  }

  @Test func `nodes of an agreement are paid whether they exist or not, and only further ones beside`() throws
  {
    func cost(_ nodes: Int) throws -> Double {
      try run([job(1, at: 0, for: 1_000), job(1, at: 10, for: 100)], rules: [rule(after: 60)]) {
        $0.burst!.agreements = [Bursting.Agreement(group: "cloud", nodes: nodes, pricePerHour: 30)]
      }.bursts!.sites[1].nodeCost
    }
    #expect(try cost(1) == 30)
    #expect(try cost(2) == 60)
  }

  @Test func `a job that would fit elsewhere waits for leave`() throws {
    let outcome = try run(
      standing: true,
      [job(1, at: 0, for: 1_000), job(1, at: 10, for: 100)],
      rules: [rule(after: 60)]
    )
    #expect(starts(outcome) == [0, 70])
    let rows = outcome.waits.rows(of: 1)
    #expect(rows.map { outcome.waits.cause[$0] } == [.burstRule])
    #expect(outcome.waits.total(of: 1) == seconds(60))
  }

  @Test func `what jobs cannot leave with is refused`() throws {
    func refusal(_ change: (inout SimulationInput) -> Void) -> String {
      do {
        _ = try run([job(1, at: 0, for: 1)], change)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal { $0.queue = .backfill(Backfill(.easy)) }.contains("keep their places"))
    #expect(refusal { $0.burst!.rules = [] }.contains("rules"))
    #expect(refusal { $0.burst!.rules[0].sites = [2] }.contains("does not exist"))
    #expect(refusal { $0.burst!.sites = ["base", "moon"] }.contains("not listed: cloud"))
    #expect(refusal { $0.burst!.budget = Bursting.Budget(usd: -1, every: .seconds(1)) }.contains("budget"))
    var terms = Bursting.ClassTerms()
    (terms.dataBytes, terms.dataSite) = (1, 1)
    #expect(refusal { $0.burst!.classes = ["class": terms] }.contains("no link leads home"))
  }
}

extension JobSketch {
  fileprivate func with(_ change: (inout JobSketch) -> Void) -> JobSketch {
    var copy = self
    change(&copy)
    return copy
  }
}
