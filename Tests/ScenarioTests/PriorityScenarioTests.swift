import Engine
import Foundation
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Scenario

/// Preemption by priority, protected jobs and pooled nodes as a scenario states
/// them.
struct PriorityScenarioTests {
  private static func load(_ policy: String, preemptible: String = "") throws -> LoadedScenario {
    let line = preemptible.isEmpty ? "" : "preemptible: \(preemptible)\n      "
    return try Sample.load(
      Sample.changing("duration: {log", to: "\(line)duration: {log") + "policy: {\(policy)}\n"
    )
  }

  private static func input(_ scenario: LoadedScenario) throws -> SimulationInput {
    try scenario.input(placement: scenario.placements[0], replication: 0)
  }

  @Test(
    "a preemption section makes the preemption that it says",
    arguments: [
      ("", nil), ("preemption: null", nil), ("preemption: kueue", PriorityPreemption(.kueue)),
      ("preemption: kubeScheduler", PriorityPreemption(.kubeScheduler)),
      (
        "preemption: {victims: cheapestLostWork, cost: 90s, gracefulPeriod: 30s}",
        PriorityPreemption(
          .cheapestLostWork,
          cost: PreemptionCost(largest: .seconds(90)),
          gracefulPeriod: .seconds(30)
        )
      ),
      (
        "preemption: {victims: kueue, requeueDelay: 2m}",
        PriorityPreemption(.kueue, requeueDelay: .seconds(120))
      ),
      (
        "preemption: {victims: kueue, cost: [{upToGPUs: 8, cost: 1m}, {cost: 5m}]}",
        PriorityPreemption(
          .kueue,
          cost: PreemptionCost(steps: [.init(upToGPUs: 8, cost: .seconds(60))], largest: .seconds(300))
        )
      ),
    ] as [(String, PriorityPreemption?)]
  )
  func preemptions(yaml: String, preemption: PriorityPreemption?) throws {
    let scenario = try Self.load("queue: priority, \(yaml)")
    #expect(try Self.input(scenario).preemption == preemption)
    let again = try Sample.load(scenario.resolvedYAML)
    #expect(try Self.input(again).preemption == preemption)
    #expect(again.resolvedYAML == scenario.resolvedYAML)
    #expect(scenario.policyText(scenario.placements[0]).contains("priorities preempt") == (preemption != nil))
  }

  @Test("the policy in words tells preemptions apart by all that they state")
  func words() throws {
    let texts = try [
      "victims: kueue", "victims: kueue, gracefulPeriod: 30s", "victims: kueue, cost: 1m",
      "victims: kueue, requeueDelay: 30s",
      "victims: cheapestLostWork, cost: [{upToGPUs: 8, cost: 1m}, {cost: 5m}], gracefulPeriod: 30s",
    ].map { yaml in
      let scenario = try Self.load("queue: priority, preemption: {\(yaml)}")
      return scenario.policyText(scenario.placements[0])
    }
    #expect(Set(texts).count == texts.count)
    #expect(
      texts[4] == "best-fit; ties by name; priority with head-of-line blocking; priorities preempt, victims "
        + "cheapestLostWork, graceful period 30 s, preemption costs 60 s up to 8 GPUs, 300 s; fractions"
    )
  }

  @Test("jobs of a class that is not preemptible are protected, and nothing else changes")
  func protection() throws {
    let usual = try Self.input(Self.load("queue: priority")).jobs
    #expect(usual.isProtected.isEmpty)
    #expect(try Self.input(Self.load("queue: priority", preemptible: "true")).jobs == usual)
    let scenario = try Self.load("queue: priority", preemptible: "false")
    var jobs = try Self.input(scenario).jobs
    for job in 0..<jobs.count { #expect(jobs.isProtected[job] == (jobs.kind[job] == .batch)) }
    // A trace keeps it.
    let folder = try ScratchFolder()
    try HeadroomTraceWriter.write(jobs, to: folder.path("jobs.csv"))
    let copy = try HeadroomTraceReader.read(path: folder.path("jobs.csv"))
    #expect((copy == jobs) == true)
    jobs.isProtected = []
    #expect((jobs == usual) == true)
  }

  @Test(
    "a class keeps its disruption budget",
    arguments: [
      ("1", .jobs(1)), ("{maxUnavailable: 25%}", .share(thousandths: 250)), ("0", .jobs(0)),
      ("{minAvailable: 3}", .running(3)), ("{minAvailable: 50%}", .runningShare(thousandths: 500)),
    ] as [(String, DisruptionBudget)]
  )
  func budgets(yaml: String, budget: DisruptionBudget) throws {
    let text = Sample.changing("duration: {log", to: "disruptionBudget: \(yaml)\n      duration: {log")
    let scenario = try Sample.load(text)
    let jobs = try Self.input(scenario).jobs
    #expect(jobs.disruptionBudgets == jobs.classes.map { $0 == "train" ? budget : nil })
    #expect(try Self.input(Sample.load(scenario.resolvedYAML)).jobs == jobs)
    #expect(try Self.input(Sample.load()).jobs.disruptionBudgets.isEmpty)
  }

  @Test("a trace of jobs that are not preemptible, or that ask for models, is held to the same rules")
  func traces() throws {
    let folder = try ScratchFolder()
    func failure(_ columns: String, _ values: String, queue: String) throws -> String {
      let file = try folder.write(
        "name,class,tenant,kind,priority,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,busy_milli,arrival_s,"
          + "duration_s\(columns)\nj,c,t,batch,0,1,1,1,1000,\(values)\n",
        as: "jobs.csv"
      )
      let text = """
        version: 1
        name: sample
        fleet: {nodes: [{name: a, count: 4, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB}]}
        workload: {trace: {file: \(file)}}
        policy: {queue: \(queue)}

        """
      return Sample.failure(text)
    }
    let protected = try failure(",preemptible", ",1000,0,1,false", queue: "fewestGPUs")
    #expect(protected.hasPrefix("bad.yaml:5:17: policy.queue.order: a preemptive queue stops any job"))
    #expect(try failure(",preemptible", ",1000,0,1,true", queue: "fewestGPUs") == "loads\n")
    let model = try failure("", "H100,1000,0,1", queue: "{backfill: conservative}")
    #expect(
      model.hasPrefix("bad.yaml:5:28: policy.queue.backfill: conservative backfill counts GPUs"),
      "\(model)"
    )
    #expect(try failure("", "H100,1000,0,1", queue: "{backfill: easy}") == "loads\n")
    #expect(try failure("", ",1000,0,1", queue: "{backfill: conservative}") == "loads\n")
  }

  @Test("a placement that looks at single GPUs is refused on pooled nodes, also by name")
  func pooled() throws {
    let pooled = try Self.load("sharing: pooled")
    #expect(throws: ScenarioError.self) { try pooled.placement(named: "best-fit+fgd") }
    #expect(try pooled.placement(named: "worst-fit").label == "worst-fit")
    #expect(try Self.load("sharing: fractions").placement(named: "fgd").label == "fgd")
  }

  @Test("what the scenario layer accepts, the engine runs")
  func runs() throws {
    for policy in [
      "queue: {backfill: easy}", "queue: {order: shortestEstimate, backfill: conservative}",
      "queue: priority, preemption: {victims: kubeScheduler, gracefulPeriod: 30s}",
      "queue: {order: priority, headOfLineBlocking: false}, preemption: {victims: cheapestLostWork, cost: 1m}",
    ] {
      var input = try Self.input(Self.load(policy, preemptible: "false"))
      input.verify = true
      #expect(try Simulation.run(input).jobs.state.count == input.jobs.count, "\(policy)")
    }
  }
}
