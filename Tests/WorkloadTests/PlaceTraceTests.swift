import Foundation
import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

@Suite("Relaxed wishes, speeds and steps in traces and in synthesised jobs")
struct PlaceTraceTests {
  private static let table = ThroughputTable(
    name: "bert",
    rows: [
      .init(gpu: "T4", gpus: 4, span: .node, stepsPerSecond: 3.5),
      .init(gpu: "T4", gpus: 4, span: .fleet, stepsPerSecond: 1.25),
      .init(gpu: "P100", gpus: 4, span: .fleet, stepsPerSecond: 7),
    ]
  )

  /// Gangs with a ladder and a speed, and jobs that count steps.
  private static var spec: SynthesisSpec {
    var gangs = Sample.batch("gangs", .poisson(ratePerSecond: 0.01))
    gangs.demand = [DemandOption(gpuCount: 1, cpuMilli: 1, memoryMiB: 1, workers: 4, wish: .oneNode)]
    gangs.demand[0].relaxation = [
      WishRelaxation(after: SimDuration(nanoseconds: 1_500_000_000), to: .rack),
      WishRelaxation(after: .seconds(60), to: .anywhere),
    ]
    gangs.speed = .byFabric
    var counted = Sample.batch("counted", .poisson(ratePerSecond: 0.01))
    counted.demand = [DemandOption(gpuCount: 2, cpuMilli: 1, memoryMiB: 1, models: ["T4"], workers: 2)]
    counted.demand[0].throughput = table
    if case .batch(var batch) = counted.kind {
      batch.steps = .uniform(low: 10, high: 1000)
      counted.kind = .batch(batch)
    }
    return Sample.spec(hours: 10, gangs, counted)
  }

  @Test("what is written is read back the same")
  func roundTrip() throws {
    let folder = try ScratchFolder()
    let jobs = try Synthesiser.makeJobs(Self.spec, fleetMilliGPU: 1000, seed: 5)
    #expect(jobs.count > 500)
    try HeadroomTraceWriter.write(jobs, to: folder.path("t.csv"))
    let text = try String(contentsOfFile: folder.path("t.csv"), encoding: .utf8)
    #expect(text.split(separator: "\n")[0].hasSuffix(",workers,placement,relax,speed,steps,throughput"))
    #expect(text.contains(",4,oneNode,1.5:rack;60:anywhere,rack=0.95/0.9/0.8;fleet=0.9/0.85/0.6,0,"))
    #expect(text.contains(",bert;T4:4:node:3.5;T4:4:fleet:1.25;P100:4:fleet:7.0\n"))
    let copy = try HeadroomTraceReader.read(path: folder.path("t.csv"))
    #expect((copy == jobs) == true)
  }

  @Test("the duration of steps is that at the best accepted throughput, rounded up")
  func durations() throws {
    let jobs = try Synthesiser.makeJobs(Self.spec, fleetMilliGPU: 1000, seed: 5)
    let work = try #require(jobs.stepWork)
    for job in 0..<jobs.count where work.steps[job] > 0 {
      #expect((10...1000).contains(work.steps[job]))
      let exact = Int128(work.steps[job]) * 1_000_000_000_000_000
      let length = Int128(jobs.duration[job].nanoseconds)
      #expect(length * 3_500_000 >= exact && (length - 1) * 3_500_000 < exact)
    }
    #expect(jobs.expectedDuration(0) == jobs.duration[0])
    #expect(zip(work.steps, jobs.speed).allSatisfy { ($0 == 0) == ($1 == 1) })
  }

  @Test("a load of steps counts them at the best throughput")
  func load() throws {
    var spec = Self.spec
    spec.classes = [spec.classes[1]]
    spec.offeredLoad = 0.7
    spec.horizon = .seconds(4_000_000)
    let jobs = try Synthesiser.makeJobs(spec, fleetMilliGPU: 64_000, seed: 3)
    #expect(abs(try jobs.offeredLoad(onMilliGPU: 64_000) - 0.7) < 0.02)
  }

  @Test(
    "bad fields",
    arguments: [
      ("600:everywhere,,0,", "`relax` is `600:everywhere`; accepted: steps such as"),
      ("x:rack,,0,", "`relax` is `x:rack`"), ("-1:rack,,0,", "`relax` is `-1:rack`"),
      ("600:anywhere,,0,", "'anywhere' is not wider than 'anywhere'"),
      (",rack=0.5,0,", "`speed` is `rack=0.5`; accepted: factors such as"),
      (",rack=0.5/0/1,0,", "`speed` is"), (",row=1/1/1,0,", "`speed` is"),
      (",,-1,", "`steps` is -1"), (",,5,", "steps without a throughput table"),
      (",,5,bert", "`throughput` is `bert`; accepted: a name and rows"),
      (",,5,bert;T4:4:room:1", "`throughput` is"),
    ]
  )
  func badRows(end: String, message: String) throws {
    let folder = try ScratchFolder()
    let optional = [
      "workers", "placement", "estimate_s", "preemptible", "relax", "speed", "steps", "throughput",
    ]
    let header = (HeadroomTrace.columns + optional).joined(separator: ",") + "\n"
    let path = try folder.write(header + "j,c,t,batch,0,1,1,4,1000,,0,0,1,1,anywhere,1,true,\(end)\n")
    let error = #expect(throws: TraceError.self) { try HeadroomTraceReader.read(path: path) }
    #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test("a throughput table is read with its faults")
  func throughput() throws {
    let folder = try ScratchFolder()
    func read(_ rows: String) throws -> ThroughputTable {
      try ThroughputReader.read(path: folder.write("gpus,span,gpu,steps_per_s\n" + rows), name: "bert")
    }
    #expect(try read("4,node,T4,3.5\n4,fleet,T4,1.25\n4,fleet,P100,7\n") == Self.table)
    for (rows, message) in [
      ("4,room,T4,1\n", "`span` is `room`"), ("0,rack,T4,1\n", "`gpus` is 0"),
      ("4,rack,T4,0\n", "`steps_per_s` is `0`"), ("4,rack,,1\n", "`gpu` is empty"),
      ("4,rack,T4,1\n4,rack,T4,2\n", "a second speed of 4 GPUs T4 in one rack"),
    ] {
      let error = #expect(throws: TraceError.self) { try read(rows) }
      #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  @Test("a span that is not stated takes the next wider one, else the next narrower")
  func spans() {
    func speed(_ span: PlacementSpan, _ gpu: String = "T4", _ gpus: Int64 = 4) -> Double? {
      Self.table.row(gpu: gpu, gpus: gpus, span: span)?.stepsPerSecond
    }
    #expect(PlacementSpan.allCases.map { speed($0) } == [3.5, 1.25, 1.25, 1.25])
    #expect(speed(.node, "P100") == 7)
    #expect(speed(.node, "T4", 8) == nil && speed(.node, "K80") == nil)
    let narrow = ThroughputTable(name: "n", rows: [.init(gpu: "T4", gpus: 1, span: .rack, stepsPerSecond: 2)])
    #expect(narrow.row(gpu: "T4", gpus: 1, span: .fleet)?.stepsPerSecond == 2)
  }
}
