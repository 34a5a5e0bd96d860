import Engine
import TestSupport
import Testing
import Workload

@testable import Scenario

/// `policy.sharing.strategy`: how the device plugin shows MIG instances.
struct MIGStrategyTests {
  /// Two nodes of one H100, and more jobs than they hold.
  private static func text(_ demand: String, _ sharing: String, pool: String = "") -> String {
    """
    version: 1
    name: strategy
    horizon: 1h
    fleet:
      nodes:
        - {name: a, count: 2, gpu: h100-80gb-sxm, gpusPerNode: 1, cpu: 96, memory: 1TiB}
    \(pool)workload:
      classes:
        - name: all
          demand: \(demand.dropLast()), cpu: 1, memory: 1GiB}
          arrivals: {poisson: {rate: 400/h}}
          duration: 2h
    policy: {placement: best-fit, sharing: {mode: mig\(sharing)}}

    """
  }

  private static let sevenths = ", layouts: [{instances: {1g.10gb: 7}}]"

  private static func outcome(_ text: String) throws -> (input: SimulationInput, running: Int) {
    let scenario = try Sample.load(text)
    var input = try scenario.input(placement: scenario.placements[0], replication: 0)
    input.verify = true
    let outcome = try Simulation.run(input)
    return (input, outcome.jobs.state.count { $0 == .running })
  }

  @Test("under single, a job that asks for one GPU gets an instance of the one profile")
  func single() throws {
    let (input, running) = try Self.outcome(Self.text("{gpus: 1}", ", strategy: single" + Self.sevenths))
    #expect(running == 14)
    #expect(input.jobs.deviceDemand(of: input.jobs.shapes[0]).profile == "1g.10gb")
    #expect(input.jobs.shapes[0].milliGPUPerDevice == 125)
  }

  @Test("under mixed, a job that asks for one GPU finds none that is not cut")
  func mixed() throws {
    let text = Self.text("{gpus: 1}", ", strategy: mixed, layouts: [{gpus: 1, instances: {1g.10gb: 7}}]")
    #expect(try Self.outcome(text).running == 1)
    #expect(try Self.outcome(Self.text("{mig: 1g.10gb}", Self.sevenths)).running == 14)
  }

  @Test("under none, a job that asks for a part gets the whole GPU")
  func none() throws {
    let (input, running) = try Self.outcome(Self.text("{gpuMemory: 8GiB}", ", strategy: none"))
    #expect(input.sharing == .wholeGPU)
    #expect(running == 2)
  }

  @Test("a part of a GPU stays what it is under single")
  func parts() throws {
    let text = Self.text("{gpuMemory: 8GiB}", ", strategy: single" + Self.sevenths)
    #expect(try Self.outcome(text).running == 14)
  }

  @Test(
    arguments: [
      (
        "{gpus: 1}", ", strategy: single",
        "needs fixed layouts, with the same profile on all GPUs; found instances"
      ),
      (
        "{gpus: 1}", ", strategy: single, layouts: [{gpus: 1, instances: {1g.10gb: 7}}]",
        "found 1g.10gb, whole"
      ),
      (
        "{gpus: 1}", ", strategy: single, layouts: [{instances: {1g.10gb: 4, 3g.40gb: 1}}]",
        "found 1g.10gb + 3g.40gb"
      ),
      (
        "{gpus: 1}", ", strategy: single, relayout: {}" + sevenths,
        "under the strategy single all have the same"
      ),
      (
        "{mig: 1g.10gb}", ", strategy: single" + sevenths,
        "asks for nvidia.com/mig-1g.10gb, a resource that is not"
      ),
      ("{mig: 1g.10gb}", ", strategy: none", "a resource that is not shown under the strategy none"),
      ("{gpus: 2}", ", strategy: single" + sevenths, "of which a process uses one; found 2"),
      (
        "{gpus: 1, isolation: gpu}", ", strategy: single" + sevenths,
        "a GPU of its own where all GPUs are cut"
      ),
      ("{gpus: 1}", ", strategy: none" + sevenths, "cuts GPUs, which the strategy none does not show"),
      ("{gpus: 1}", ", strategy: singel", "did you mean 'single'?"),
    ]
  )
  func refused(demand: String, sharing: String, what: String) {
    let message = Sample.failure(Self.text(demand, sharing))
    #expect(message.contains(what), "\(message)")
  }

  @Test("a GPU without MIG beside cut ones is refused under single")
  func otherModels() {
    let pool = "    - {name: b, count: 1, gpu: l40s, gpusPerNode: 1, cpu: 96, memory: 1TiB}\n"
    let message = Sample.failure(Self.text("{gpus: 1}", ", strategy: single" + Self.sevenths, pool: pool))
    #expect(message.contains("found 1g.10gb, whole"), "\(message)")
  }
}
