import Engine
import Foundation
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
      (
        "{gpus: 1}", ", strategy: none" + sevenths,
        "is about MIG instances, which the strategy none does not show"
      ),
      ("{gpus: 1}", ", strategy: singel", "did you mean 'single'?"),
    ]
  )
  func refused(demand: String, sharing: String, what: String) {
    let message = Sample.failure(Self.text(demand, sharing))
    #expect(message.contains(what), "\(message)")
  }

  @Test("none takes the placements of whole GPUs, and none of the keys of instances")
  func wholeGPUs() throws {
    let text = Self.text("{gpus: 1}", ", strategy: none").replacing("best-fit", with: "least-allocated")
    #expect(try Self.outcome(text).running == 2)
    let message = Sample.failure(Self.text("{gpus: 1}", ", strategy: none, createTime: 5s"))
    #expect(message.contains("is about MIG instances"), "\(message)")
  }

  @Test("gangs whose workers would get instances are refused before they run")
  func gangs() throws {
    for (demand, sharing) in [
      ("{gpus: 1, workers: 2}", ", strategy: single" + Self.sevenths), ("{mig: 1g.10gb, workers: 2}", ""),
      ("{gpus: 0.25, workers: 2}", ""),
    ] {
      let message = Sample.failure(Self.text(demand, sharing))
      #expect(message.contains("between which there is no link; found 2"), "\(message)")
    }
    #expect(try Self.outcome(Self.text("{gpus: 1, workers: 2}", "")).running == 1)
  }

  @Test("jobs of a trace obey the strategy like those of classes")
  func traces() throws {
    let folder = try ScratchFolder()
    func scenario(_ sharing: String, gpus: Int, device: String) throws -> String {
      let trace = """
        name,class,tenant,kind,priority,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,busy_milli,arrival_s,duration_s,device
        a,c,t,batch,0,1000,1024,\(gpus),\(device.isEmpty ? 1000 : 125),,1000,0,7200,\(device)

        """
      let file = try folder.write(trace, as: "\(gpus)-\(device.count).csv")
      let text = Self.text("{gpus: 1}", sharing)
      let start = try #require(text.firstRange(of: "  classes:"))
      let end = try #require(text.firstRange(of: "policy:"))
      return text.replacingCharacters(
        in: start.lowerBound..<end.lowerBound,
        with: "  trace: {file: '\(file)'}\n"
      )
    }
    let single = ", strategy: single" + Self.sevenths
    let taken = try Self.outcome(try scenario(single, gpus: 1, device: ""))
    #expect(taken.running == 1 && taken.input.jobs.shapes[0].milliGPUPerDevice == 125)
    for (sharing, gpus, device, what) in [
      (single, 2, "", "workload.trace: a job asks for several GPUs"),
      (single, 1, "mig=1g.10gb", "a job asks for nvidia.com/mig-1g.10gb, a resource that is not shown"),
      (", strategy: none", 1, "mig=1g.10gb", "not shown under the strategy none"),
    ] {
      let message = Sample.failure(try scenario(sharing, gpus: gpus, device: device))
      #expect(message.contains(what), "\(message)")
    }
  }

  @Test("a GPU without MIG beside cut ones is refused under single")
  func otherModels() {
    let pool = "    - {name: b, count: 1, gpu: l40s, gpusPerNode: 1, cpu: 96, memory: 1TiB}\n"
    let message = Sample.failure(Self.text("{gpus: 1}", ", strategy: single" + Self.sevenths, pool: pool))
    #expect(message.contains("found 1g.10gb, whole"), "\(message)")
  }
}
