import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Jobs on MIG instances: against a naive simulation, and in examples to
/// follow by hand.
@Suite struct MIGRunTests {
  #if DEBUG
    private static let scenarios = 150
  #else
    private static let scenarios = 3000
  #endif

  private func geometry(_ model: String) -> MIGGeometry? {
    GPUCatalogue.builtin.model(named: model).flatMap(MIGGeometry.of)
  }

  private func job(_ profile: String, at arrival: Int64, for duration: Int64, cpu: Int32 = 0) -> JobSketch {
    var job = JobSketch.part(125, at: arrival, for: duration)
    job.cpu = cpu
    job.device.profile = profile
    return job
  }

  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    policy: String = "first-fit",
    blocks: Bool = true,
    spec: MIGSpec = MIGSpec(createTime: .zero)
  ) throws -> RunOutcome {
    try Simulation.run(
      input(nodes, jobs, policy: policy).with {
        $0.sharing = .mig
        $0.mig = spec
        $0.queue = .fifo(headOfLineBlocking: blocks)
      }
    )
  }

  @Test func `the engine agrees with a naive simulation in all random scenarios`() throws {
    var instances = 0
    var waits = 0
    var slowed = 0
    var wiped = 0
    for number in 0..<Self.scenarios {
      let seed = UInt64(81_000_000 + number)
      var dice = SplitMix(seed: seed)
      let models = ["h100-80gb-sxm", "a100-40gb-sxm", "a30", "l40s"]
      let some = Array(models.shuffled(using: &dice).prefix(Int.random(in: 1...2, using: &dice)))
      let nodes = (0..<Int.random(in: 1...4, using: &dice)).map { _ in
        NodeSketch(
          cpu: Int32.random(in: 4...20, using: &dice),
          gpus: Int.random(in: 1...3, using: &dice),
          model: some.randomElement(using: &dice)!
        )
      }
      let profiles = some.flatMap { geometry($0)?.profiles.map(\.name) ?? [] }
      var now: Int64 = 0
      let jobs = (0..<Int.random(in: 1...60, using: &dice)).map { _ in
        now += Int64.random(in: 0...20, using: &dice)
        let span = Int64.random(in: 1...200, using: &dice)
        let cpu = Int32.random(in: 0...3, using: &dice)
        let tenant = Int.random(in: 0...2, using: &dice)
        if profiles.isEmpty || Int.random(in: 0..<6, using: &dice) == 0 {
          var whole = JobSketch.gpu(Int32.random(in: 1...2, using: &dice), at: now, for: span)
          whole.cpu = cpu
          whole.tenant = tenant
          return whole
        }
        var sketch = self.job("", at: now, for: span, cpu: cpu)
        sketch.tenant = tenant
        if Bool.random(using: &dice) {
          sketch.device.fillMilli = Int32.random(in: 1...1000, using: &dice)
          sketch.busy = [1000, 700, 0].randomElement(using: &dice)!
        }
        if Bool.random(using: &dice) {
          sketch.device.profile = profiles.randomElement(using: &dice)!
        } else {
          sketch.device.memoryMiB = Int32.random(in: 1...40_000, using: &dice)
        }
        return sketch
      }
      let isFixed = Bool.random(using: &dice)
      var spec = MIGSpec(
        instances: Bool.random(using: &dice) ? .lowestStart : .largestFreeRun,
        createTime: SimDuration(nanoseconds: Int64.random(in: 0...5, using: &dice)),
        destroyTime: SimDuration(nanoseconds: max(0, Int64.random(in: -5...5, using: &dice)))
      )
      var layouts: [[[MIGPlacement]?]] = []
      for node in nodes {
        var own: [[MIGPlacement]?] = []
        var cuts: [MIGSpec.Cut] = []
        for _ in 0..<node.gpus {
          guard isFixed, let geometry = geometry(node.model), Int.random(in: 0..<4, using: &dice) > 0 else {
            own.append(nil)
            cuts.append(.dynamic)
            continue
          }
          let all = MIGLayouts.withoutMedia(geometry).maximal
          let layout = all.randomElement(using: &dice)!.map { geometry.placements[$0] }
          own.append(layout)
          cuts.append(.layout(spec.layouts.count))
          spec.layouts.append(
            layout.map { MIGInstance(profile: geometry.profiles[$0.profile].name, start: $0.start) }
          )
        }
        layouts.append(own)
        spec.cuts.append(cuts)
      }
      let order = NaiveMIG.Order.allCases.randomElement(using: &dice)!
      let blocks = Bool.random(using: &dice)
      let wipe = Bool.random(using: &dice) ? 0 : Int64.random(in: 1...10, using: &dice)
      var naive = NaiveMIG(
        nodes,
        geometry: geometry,
        layout: { layouts[$0][$1] },
        order: order,
        longestRun: spec.instances == .largestFreeRun,
        createTime: spec.createTime.nanoseconds,
        destroyTime: spec.destroyTime.nanoseconds,
        wipe: wipe,
        blocks: blocks
      )
      var given = input(nodes, jobs, tenants: 3, policy: order.rawValue)
      given.sharing = .mig
      given.wipe = SimDuration(nanoseconds: wipe)
      given.mig = spec
      given.queue = .fifo(headOfLineBlocking: blocks)
      given.rejectsImpossibleJobs = true
      let outcome = try Simulation.run(given)
      // What no idle GPU holds does not take part.
      let possible = jobs.indices.filter { outcome.jobs.state[$0] != .rejected }
      naive.run(possible.map { jobs[$0] })
      for (position, job) in possible.enumerated() {
        let expected = naive.starts[position]
        let mask = outcome.jobs.gpuMask[job]
        let found = NaiveMIG.Start(
          at: outcome.jobs.startNanoseconds[job],
          node: Int(outcome.jobs.node[job].rawValue),
          gpus: (0..<16).filter { mask & 1 << UInt16($0) != 0 },
          profile: outcome.jobs.instance[job]?.profile ?? "",
          slot: outcome.jobs.instance[job]?.start ?? -1,
          end: outcome.jobs.endNanoseconds[job]
        )
        try #require(found == expected, "seed \(seed), job \(job)")
        instances += found.slot >= 0 ? 1 : 0
        waits += found.at > jobs[job].arrival ? 1 : 0
        slowed += found.slot >= 0 && found.end - found.at > jobs[job].duration + 15 ? 1 : 0
        wiped += outcome.jobs.wipe(job) > 0 ? 1 : 0
      }
      let capacity = Int128(given.fleet.gpuCount) * 1000 * Int128(outcome.end.nanoseconds)
      #expect(outcome.ledger.capacity == capacity, "seed \(seed)")
    }
    #expect(instances > Self.scenarios * 5 && waits > Self.scenarios && slowed > Self.scenarios)
    #expect(wiped > Self.scenarios)
  }

  @Test func `the lowest start shuts a 4g out, the largest free run does not`() throws {
    // platform semantics, 4.2: online order 1g, 4g, 2g.
    let jobs = [
      job("1g.10gb", at: 0, for: 10), job("4g.40gb", at: 1, for: 10), job("2g.20gb", at: 2, for: 10),
    ]
    let nodes = [NodeSketch.gpu(1, model: "h100-80gb-sxm")]
    let lowest = try run(nodes, jobs, spec: MIGSpec(instances: .lowestStart, createTime: .zero))
    #expect(lowest.jobs.startNanoseconds == [0, 10, 10])
    let longest = try run(nodes, jobs, spec: MIGSpec(instances: .largestFreeRun, createTime: .zero))
    #expect(longest.jobs.startNanoseconds == [0, 1, 2])
    #expect(longest.jobs.instance.map { $0?.start } == [6, 0, 4])
  }

  @Test func `the time to create an instance is neither idle nor allocated`() throws {
    let outcome = try run(
      [.gpu(1, model: "h100-80gb-sxm")],
      [job("1g.10gb", at: 0, for: 10)],
      spec: MIGSpec(createTime: SimDuration(nanoseconds: 4))
    )
    #expect(outcome.jobs.endNanoseconds == [14])
    #expect(outcome.ledger[.changing] == 4 * 125)
    #expect(outcome.ledger[.goodput] == 10 * 125)
    #expect(outcome.ledger.capacity == 14 * 1000)
  }

  @Test func `the slots of an instance are nobody's until it is gone`() throws {
    var jobs = [job("7g.80gb", at: 0, for: 10), job("7g.80gb", at: 0, for: 10)]
    for position in jobs.indices { (jobs[position].milli, jobs[position].cpu) = (1000, 64_000) }
    let spec = MIGSpec(
      createTime: SimDuration(nanoseconds: 2),
      destroyTime: SimDuration(nanoseconds: 3)
    )
    // 2 + 10 + 3, twice; the node's CPU is free at once, for a job without GPU.
    var plain = JobSketch.gpu(0, at: 12, for: 3)
    plain.cpu = 64_000
    let outcome = try run([.gpu(1, model: "h100-80gb-sxm")], jobs + [plain], blocks: false, spec: spec)
    #expect(outcome.jobs.startNanoseconds == [0, 15, 12])
    #expect(outcome.ledger[.changing] == 2 * 5 * 1000)
    #expect(outcome.ledger[.goodput] == 2 * 10 * 1000)
    #expect(outcome.ledger.capacity == 30 * 1000)
    #expect(outcome.tenants[0].ledger[.changing] == 2 * 5 * 1000)
  }

  @Test func `a node that goes down takes instances with it that are being destroyed`() throws {
    let spec = MIGSpec(createTime: .zero, destroyTime: SimDuration(nanoseconds: 30))
    let jobs = [job("3g.40gb", at: 0, for: 10), job("7g.80gb", at: 0, for: 10)].map { sketch in
      var copy = sketch
      copy.milli = copy.device.profile == "3g.40gb" ? 500 : 1000
      return copy
    }
    let outcome = try Simulation.run(
      input([.gpu(1, model: "h100-80gb-sxm")], jobs).with {
        $0.sharing = .mig
        $0.mig = spec
        $0.fleetChanges = [FleetChange(at: 15, .fail, 0), FleetChange(at: 20, .repair, 0)]
        $0.measuredFrom = SimTime(nanoseconds: 12)
      }
    )
    #expect(outcome.jobs.startNanoseconds == [0, 20])
    // From 12 to 15, and from 30 to 60.
    #expect(outcome.ledger[.changing] == 3 * 500 + 30 * 1000)
    #expect(outcome.ledger.capacity == 48 * 1000)
  }

  @Test func `an instance of a fixed layout is there at once`() throws {
    let spec = MIGSpec(
      createTime: SimDuration(nanoseconds: 4),
      layouts: [[MIGInstance(profile: "1g.10gb", start: 3)]],
      cuts: [[.layout(0)]]
    )
    let jobs = [job("1g.10gb", at: 0, for: 10), job("1g.10gb", at: 0, for: 10)]
    let outcome = try run([.gpu(1, model: "h100-80gb-sxm")], jobs, spec: spec)
    #expect(outcome.jobs.endNanoseconds == [10, 20])
    #expect(outcome.jobs.instance.map { $0?.start } == [3, 3])
    #expect(outcome.ledger[.changing] == 0)
  }

  @Test func `the eighth slot is stranded by geometry when the mix is all 1g`() throws {
    let jobs = (0..<7).map { _ in job("1g.10gb", at: 0, for: 10) }
    let outcome = try run([.gpu(1, model: "h100-80gb-sxm")], jobs)
    #expect(outcome.ledger[.strandedGeometry] == 10 * 125)
    #expect(outcome.ledger[.freePlaceable] == 0)
  }

  @Test func `memory beyond what was asked is rounding`() throws {
    // 8,192 of 81,559 MiB: 101 thousandths rounded up; the instance takes 125.
    var sketch = JobSketch.part(101, at: 0, for: 10)
    sketch.device.memoryMiB = 8192
    let outcome = try run([.gpu(1, model: "h100-80gb-sxm")], [sketch])
    #expect(outcome.jobs.instance[0] == MIGInstance(profile: "1g.10gb", start: 6))
    #expect(outcome.ledger[.rounding] == 10 * 24)
  }

  @Test func `jobs are lost with their node and start again`() throws {
    var jobs = [job("1g.10gb", at: 0, for: 10), job("3g.40gb", at: 0, for: 10)]
    jobs[1].milli = 500
    let outcome = try Simulation.run(
      input([.gpu(1, model: "h100-80gb-sxm")], jobs).with {
        $0.sharing = .mig
        $0.mig.createTime = SimDuration(nanoseconds: 3)
        $0.fleetChanges = [FleetChange(at: 5, .fail, 0), FleetChange(at: 9, .repair, 0)]
      }
    )
    #expect(outcome.jobs.endNanoseconds == [22, 22])
    #expect(outcome.ledger[.changing] == 6 * 625)
    #expect(outcome.ledger[.lost] == 2 * 625)
    #expect(outcome.ledger.capacity == 22 * 1000)
  }

  @Test func `kernels that fill more than the instance has take longer`() throws {
    // An H100 hands out 132 multiprocessors, 60 of them to a 3g: kernels that
    // fill all of it take 2.2 times as long there, and a job that is busy for
    // half its length 0.5 + 0.5 x 2.2.
    var jobs = [job("3g.40gb", at: 0, for: 100), job("3g.40gb", at: 0, for: 100)]
    for position in jobs.indices {
      jobs[position].milli = 500
      jobs[position].busy = 500
    }
    jobs[0].device.fillMilli = 1000
    jobs[1].device.fillMilli = 450
    let outcome = try run([.gpu(1, model: "h100-80gb-sxm")], jobs)
    #expect(outcome.jobs.endNanoseconds == [160, 100])
    // 110 of 160 busy; and half of 100.
    #expect(outcome.ledger[.goodput] == 110 * 500 + 50 * 500)
    #expect(outcome.ledger[.idle] == 50 * 500 + 50 * 500)
    #expect(outcome.jobs.lengthOnInstanceMillionths == [1_600_000, 1_000_000])
  }

  @Test func `limits strike and failures come where the slower work is`() throws {
    var jobs = [job("1g.10gb", at: 0, for: 100), job("1g.10gb", at: 0, for: 100)]
    // 132 / 16 = 8.25 times as long.
    for position in jobs.indices { jobs[position].device.fillMilli = 1000 }
    let given = input([.gpu(1, model: "h100-80gb-sxm")], jobs).with {
      $0.sharing = .mig
      $0.mig.createTime = .zero
      $0.jobs.timeLimit = [SimDuration(nanoseconds: 300), .zero]
      $0.jobs.failures = JobLists([[], [500_000_000]])
      $0.jobs.retryRules = [RetryRule(most: 0)]
      $0.jobs.retry = [1, 1]
    }
    let outcome = try Simulation.run(given)
    #expect(outcome.jobs.state == [.timedOut, .failed])
    // Half of 825, rounded up.
    #expect(outcome.jobs.endNanoseconds == [300, 413])
    #expect(outcome.ledger[.lost] == (300 + 413) * 125)
  }

  @Test(
    arguments: [
      ("gang", "the workers of a gang ask for MIG instances"),
      ("backfill", "MIG instances do not go with backfill"),
      ("policy", "MIG goes with one placement policy"),
    ]
  )
  func `what does not go with MIG is refused`(_ what: String, _ text: String) throws {
    var sketch = job("1g.10gb", at: 0, for: 10)
    if what == "gang" { sketch.workers = 2 }
    let given = input(
      [.gpu(1, model: "h100-80gb-sxm")],
      [sketch],
      policy: what == "policy" ? "dot-product" : "first-fit"
    )
    .with {
      $0.sharing = .mig
      if what == "backfill" { $0.queue = .backfill(Backfill(.easy)) }
    }
    let error = #expect(throws: SimulationError.self) { try Simulation.run(given) }
    #expect("\(try #require(error))".contains(text))
  }
}
