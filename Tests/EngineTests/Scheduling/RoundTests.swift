import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Queues in rounds, in examples small enough to follow by hand.
@Suite struct RoundTests {
  /// A job of so many GPUs and steps that arrives at a second.
  struct Job {
    var gpus: Int32 = 1
    var steps: Int64
    var arrival: Int64 = 0
    var kind: Int32 = 0
  }

  /// A verified run; speeds are by kind, then by model of `nodes` in order.
  static func input(_ nodes: [NodeSketch], _ jobs: [Job], _ spec: RoundSpec, speeds: [[Double]] = [[1]])
    -> SimulationInput
  {
    let sketches = jobs.map { job in
      JobSketch(
        arrival: job.arrival * 1_000_000_000,
        duration: job.steps * 1_000_000_000,
        workers: job.gpus
      )
    }
    var input = EngineTests.input(nodes, sketches)
    var work = StepWork()
    work.tables = speeds.map { row in
      ThroughputTable(
        name: "table",
        rows: Set(jobs.map(\.gpus)).sorted().flatMap { gpus in
          zip(input.fleet.gpuModels, row).map {
            .init(gpu: $0, gpus: Int64(gpus), span: .fleet, stepsPerSecond: $1)
          }
        }
      )
    }
    work.steps = jobs.map(\.steps)
    work.table = jobs.map(\.kind)
    work.weight = jobs.map { _ in 1 }
    input.jobs.stepWork = work
    input.queue = .rounds(spec)
    return input
  }

  private func run(_ nodes: [NodeSketch], _ jobs: [Job], _ spec: RoundSpec, speeds: [[Double]] = [[1]]) throws
    -> RunOutcome
  {
    let outcome = try Simulation.run(Self.input(nodes, jobs, spec, speeds: speeds))
    let gpus = nodes.reduce(0) { $0 + $1.gpus }
    #expect(outcome.ledger.capacity == Int128(gpus) * 1000 * Int128(outcome.end.nanoseconds))
    return outcome
  }

  private func seconds(_ nanoseconds: [Int64]) -> [Double] { nanoseconds.map { Double($0) / 1e9 } }

  @Test func `two jobs take turns on one GPU, and a round ends when its parts do`() throws {
    // One GPU, rounds of 10 s, one step a second, half of the time each. Round
    // 1: job 0 does 10 of 15 steps. Then job 1 has had less: its 4 steps end
    // at 14, and the round with them. Job 0 does its last 5 until 19.
    let outcome = try run(
      [.gpu(1)],
      [Job(steps: 15), Job(steps: 4)],
      RoundSpec(.isolated, length: .seconds(10))
    )
    #expect(seconds(outcome.jobs.endNanoseconds) == [19, 14])
    #expect(seconds(outcome.jobs.startNanoseconds) == [14, 10])
    #expect(seconds(outcome.jobs.firstStartNanoseconds) == [0, 10])
    #expect(outcome.jobs.interruptions == [1, 0])
    #expect(outcome.jobs.preemptions == [0, 0])
    #expect(outcome.ledger[.goodput] == 19_000 * 1_000_000_000)
    #expect(outcome.ledger[.lost] == 0)
    let attempt = try #require(outcome.interruptedAttempts.first)
    #expect(attempt.keptNanoseconds == 10_000_000_000 && !attempt.isPreemption)
  }

  @Test func `GPUs that come free early stay idle until the round ends, and arrivals wait for it`() throws {
    // Two GPUs. Jobs 0 and 1 share; 1 ends at 3. Job 2 comes at 4 and waits
    // for the boundary at 10, and then, as shares stand until 20, for that.
    let outcome = try run(
      [.gpu(2)],
      [Job(steps: 30), Job(steps: 3), Job(steps: 5, arrival: 4)],
      RoundSpec(.isolated, length: .seconds(10), refreshInterval: .seconds(15))
    )
    // Time 0 does not count as a refresh: the shares are found anew at 10.
    #expect(seconds(outcome.jobs.endNanoseconds) == [30, 3, 15])
  }

  @Test func `a new job waits until shares are due`() throws {
    // As above, but from second 100 on: the refresh at 100 counts, so that job
    // 2 is considered at the first boundary from 115 on.
    let outcome = try run(
      [.gpu(2)],
      [Job(steps: 30, arrival: 100), Job(steps: 3, arrival: 100), Job(steps: 5, arrival: 104)],
      RoundSpec(.isolated, length: .seconds(10), refreshInterval: .seconds(15))
    )
    #expect(seconds(outcome.jobs.endNanoseconds) == [130, 103, 125])
    #expect(outcome.jobs.cause[2] == .roundBoundary)
  }

  @Test func `a gang runs on one model at a time, and by its speed there`() throws {
    // Two A (2 steps a second) and two B (1 step): fifoPerf puts job 0 on A
    // and job 1 on B. After the first round job 0 is done, and the refresh
    // moves job 1 to A: 10 steps in round 1, 2 x 10 in round 2.
    let outcome = try run(
      [.gpu(2), .gpu(2, model: "B")],
      [Job(gpus: 2, steps: 20), Job(gpus: 2, steps: 30)],
      RoundSpec(.fifoPerf, length: .seconds(10)),
      speeds: [[2, 1]]
    )
    #expect(seconds(outcome.jobs.endNanoseconds) == [10, 20])
    #expect(outcome.jobs.node.map(\.rawValue) == [0, 0])
    #expect(outcome.interruptedAttempts.map(\.node.rawValue) == [1])
  }

  @Test func `a job that can run nowhere waits, and the run ends`() throws {
    let outcome = try run(
      [.gpu(1)],
      [Job(steps: 5), Job(steps: 5, kind: 1)],
      RoundSpec(.fifo, length: .seconds(10)),
      speeds: [[1], [0]]
    )
    #expect(outcome.jobs.state == [.completed, .waiting])
    #expect(outcome.end.seconds == 5)
  }

  @Test(arguments: RoundPolicy.allCases)
  func `every policy ends all jobs, keeps the books, and repeats itself`(policy: RoundPolicy) throws {
    var jobs: [Job] = []
    for n in 0..<40 {
      jobs.append(
        Job(
          gpus: [1, 2, 4][n % 3],
          steps: Int64(300 + n * 97 % 1100),
          arrival: Int64(n * 37),
          kind: Int32(n % 2)
        )
      )
    }
    let isMixed = policy != .fifo
    let nodes = isMixed ? [NodeSketch.gpu(4), .gpu(4, model: "B")] : [.gpu(8)]
    let speeds = isMixed ? [[3.7, 1.1], [0.9, 1.3]] : [[3.7], [0.9]]
    let input = Self.input(nodes, jobs, RoundSpec(policy, length: .seconds(60)), speeds: speeds)
    let outcome = try Simulation.run(input)
    #expect(outcome.jobs.state.allSatisfy { $0 == .completed })
    #expect(outcome.ledger[.lost] == 0)
    #expect(try Simulation.run(input) == outcome)
    // Every job has run as long as its steps take, on one model or the other.
    let held = outcome.heldBeforeNanoseconds
    for (number, job) in jobs.enumerated() {
      let last = outcome.jobs.endNanoseconds[number] - outcome.jobs.startNanoseconds[number]
      let run = Double(last + held[JobID(rawValue: Int32(number)), default: 0]) / 1e9
      let rates = speeds[Int(job.kind)]
      #expect(
        run >= Double(job.steps) / rates.max()! - 1e-6 && run <= Double(job.steps) / rates.min()! + 1e-6
      )
    }
  }

  private func refusal(_ change: (inout SimulationInput) -> Void) -> String {
    var input = Self.input([.gpu(2)], [Job(steps: 5)], RoundSpec(.isolated, length: .seconds(10)))
    change(&input)
    do {
      _ = try Simulation.run(input)
      return "none"
    } catch { return "\(error)" }
  }

  @Test func `inputs that do not go with rounds are refused`() {
    #expect(refusal { _ in } == "none")
    #expect(refusal { $0.jobs.stepWork = nil } == "none")
    #expect(refusal { $0.jobs.stepWork!.steps = [0] }.contains("steps must be 1"))
    #expect(refusal { $0.jobs.stepWork!.steps = [] }.contains("differ in length"))
    #expect(refusal { $0.jobs.stepWork!.table = [1] }.contains("a throughput table that"))
    #expect(
      refusal { $0.jobs.stepWork!.tables[0].rows[0].stepsPerSecond = -1 }.contains("a number from 0 to 1e9")
    )
    #expect(
      refusal { $0.jobs.stepWork!.tables[0].rows[0].stepsPerSecond = 0.09 }.contains("less than one step")
    )
    #expect(refusal { $0.jobs.stepWork!.weight = [0] }.contains("weight must be above 0"))
    #expect(
      refusal { $0.queue = .rounds(RoundSpec(.fifo, length: .seconds(0))) }.contains("a round must last")
    )
    #expect(refusal { $0.jobs.shapes[0].gpuCount = 2 } == "none")
    #expect(refusal { $0.jobs.shapes[0].milliGPUPerDevice = 500 }.contains("needs whole GPUs"))
    #expect(refusal { $0.jobs.kind = [.service] }.contains("service replicas"))
    #expect(refusal { $0.fleetChanges = [FleetChange(at: 3, .leave, 0)] }.contains("fleet changes"))
    #expect(refusal { $0.sharing = .pooled }.contains("pooled"))
    #expect(
      refusal {
        $0.jobs.shapes[0].workers = 2
        $0.jobs.shapes[0].wish = .rack
        $0.jobs.shapes[0].relaxation = 1
        $0.jobs.relaxations = [[WishRelaxation(after: .seconds(1), to: .anywhere)]]
      }.contains("relaxes no wishes")
    )
    #expect(
      refusal {
        $0.jobs.speeds = [.byFabric]
        $0.jobs.speed = [1]
      }.contains("not by place")
    )
    #expect(
      refusal {
        $0.queue = .rounds(RoundSpec(.fifo))
        $0.fleet.nodes[0].gpuModel = $0.fleet.intern(gpuModel: "B")
      }.contains("fifo in rounds takes one GPU model")
    )
  }
}
