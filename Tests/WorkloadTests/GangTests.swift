import Foundation
import SimulationKernel
import TestSupport
import Testing
import Workload

@Suite("Gangs and estimates in traces and in synthesised jobs")
struct GangTests {
  private static let gangHeader =
    (HeadroomTrace.columns + HeadroomTrace.optionalColumns.prefix(4)).joined(separator: ",") + "\n"

  /// Random jobs; some are gangs, and estimates are there or not.
  private static func table(seed: UInt64) -> JobTable {
    var table = HeadroomTraceTests.randomTable(seed: seed)
    var random = SplitMix(seed: seed ^ 0xBEEF)
    if Bool.random(using: &random) {
      for shape in table.shapes.indices {
        table.shapes[shape].workers = Int32.random(in: 1...64, using: &random)
        table.shapes[shape].wish = PlacementWish.allCases.randomElement(using: &random)!
      }
    }
    if Bool.random(using: &random) {
      table.estimate = table.duration.map { _ in
        SimDuration(nanoseconds: Int64.random(in: 1...1 << 50, using: &random))
      }
    }
    if Bool.random(using: &random) {
      table.isProtected = table.duration.map { _ in Bool.random(using: &random) }
    }
    return table
  }

  @Test("what is written is read back the same, whatever the seed")
  func roundTrip() throws {
    let folder = try ScratchFolder()
    let path = folder.path("trace.csv")
    for seed in UInt64(1)...200 {
      let table = Self.table(seed: seed)
      try HeadroomTraceWriter.write(table, to: path)
      let copy = try HeadroomTraceReader.read(path: path)
      let isSame = copy == table
      #expect(isSame, "seed \(seed)")
    }
  }

  @Test("only columns that say something are written")
  func columns() throws {
    let folder = try ScratchFolder()
    var table = HeadroomTraceTests.randomTable(seed: 7)
    func written() throws -> [Substring] {
      try HeadroomTraceWriter.write(table, to: folder.path("t.csv"))
      let text = try String(contentsOfFile: folder.path("t.csv"), encoding: .utf8)
      return text.split(separator: "\n")
    }
    let plain = HeadroomTrace.columns.joined(separator: ",")
    #expect(try written().first.map(String.init) == plain)
    table.shapes[0].wish = .consolidated
    #expect(try written().first == "\(plain),workers,placement")
    table.shapes[0].workers = 12
    table.estimate = table.duration
    table.estimate[table.count - 1] = .seconds(90)
    #expect(try written().first == "\(plain),workers,placement,estimate_s")
    #expect(try written().last?.hasSuffix(",90") == true)
    #expect(try written().contains { $0.contains(",12,consolidated,") })
  }

  @Test("columns may stand anywhere, and rows need not be sorted")
  func anyOrder() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      "placement,estimate_s,workers,\(HeadroomTrace.columns.joined(separator: ","))\n"
        + "oneNode,7,2,a,c,t,batch,0,1,1,1,500,,1000,5,1\n"
        + "anywhere,0,1,b,c,t,batch,0,1,1,1,500,,1000,3,1\n"
    )
    let jobs = try HeadroomTraceReader.read(path: path)
    #expect(jobs.names == .listed(["b", "a"]))
    #expect(jobs.estimate == [.tick, .seconds(7)])
    let shapes = jobs.shape.map { jobs.shapes[Int($0.rawValue)] }
    #expect(shapes.map(\.workers) == [1, 2])
    #expect(shapes.map(\.wish) == [.anywhere, .oneNode])
    #expect(shapes.map(\.milliGPU) == [500, 1000])
  }

  @Test(
    "bad gangs and estimates",
    arguments: [
      ("0,anywhere,1,true", "2:30: `workers` is 0; accepted: a whole number, 1 to 65535"),
      ("65536,anywhere,1,true", "2:30: `workers` is 65536"),
      ("two,anywhere,1,true", "2:30: `workers` is `two`"),
      (",anywhere,1,true", "2:30: `workers` is empty"),
      (
        "2,onenode,1,true",
        "2:32: `placement` is `onenode`; did you mean `oneNode`? accepted: anywhere, oneNode, consolidated"
      ), ("2,,1,true", "2:32: `placement` is empty"),
      ("2,anywhere,-1,true", "2:41: `estimate_s` is -1; accepted: seconds"),
      ("2,anywhere,,true", "2:41: `estimate_s` is empty"),
      ("2,anywhere,1,yes", "2:43: `preemptible` is `yes`; accepted: true, false"),
      ("2,anywhere,1,", "2:43: `preemptible` is empty"),
    ]
  )
  func badRows(end: String, message: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Self.gangHeader + "j,c,t,batch,0,1,1,0,0,,0,0,1,\(end)\n")
    let error = #expect(throws: TraceError.self) { try HeadroomTraceReader.read(path: path) }
    #expect(error?.description.hasPrefix("\(path):\(message)") == true, "\(error?.description ?? "")")
  }

  @Test("an offered load counts all workers")
  func offeredLoad() throws {
    func rate(workers: Int32) throws -> Double {
      var jobClass = Sample.batch("a", .poisson(ratePerSecond: 0.01))
      jobClass.demand = [
        DemandOption(weight: 3, gpuCount: 1, milliGPUPerDevice: 500, cpuMilli: 1, memoryMiB: 1),
        DemandOption(weight: 1, gpuCount: 2, cpuMilli: 1, memoryMiB: 1, workers: workers),
      ]
      var spec = Sample.spec(hours: 10, jobClass)
      spec.offeredLoad = 0.5
      return try Synthesiser.rateFactors(spec, fleetMilliGPU: 100_000)[0]
    }
    // (3 x 0.5 + 2 x workers) / 4 GPUs in the mean.
    #expect(abs(try rate(workers: 1) / rate(workers: 16) - 33.5 / 3.5) < 1e-9)
  }

  @Test("a synthesised table offers the load that was asked, gangs included")
  func synthesisedLoad() throws {
    var jobClass = Sample.batch("a", .poisson(ratePerSecond: 1))
    jobClass.demand = [
      DemandOption(weight: 9, gpuCount: 1, cpuMilli: 1, memoryMiB: 1),
      DemandOption(weight: 1, gpuCount: 1, cpuMilli: 1, memoryMiB: 1, workers: 16, wish: .consolidated),
    ]
    var spec = Sample.spec(hours: 2000, jobClass)
    spec.offeredLoad = 0.8
    let jobs = try Synthesiser.makeJobs(spec, fleetMilliGPU: 64_000, seed: 3)
    #expect(jobs.count > 1000)
    #expect(abs(try jobs.offeredLoad(onMilliGPU: 64_000) - 0.8) < 0.05)
    #expect(jobs.shapes.map(\.workers).sorted() == [1, 16])
    #expect(jobs.shapes.first { $0.workers == 16 }?.wish == .consolidated)
  }

  @Test("estimates are drawn from a stream of their own")
  func estimates() throws {
    let plain = SynthesisTests.mixed("a")
    var guessed = plain
    guessed.estimateFactor = .uniform(low: 0.5, high: 2)
    let exact = try Sample.jobs(Sample.spec(hours: 50, plain, SynthesisTests.chat))
    var jobs = try Sample.jobs(Sample.spec(hours: 50, guessed, SynthesisTests.chat))
    #expect(exact.estimate.isEmpty)
    for job in 0..<jobs.count {
      let ratio = jobs.estimate[job].seconds / jobs.duration[job].seconds
      if jobs.kind[job] == .service { #expect(ratio == 1) } else { #expect(ratio > 0.499 && ratio < 2.001) }
    }
    jobs.estimate = []
    let isSame = jobs == exact
    #expect(isSame)
  }

  @Test("wrong gangs and estimates name their key")
  func validation() {
    let class0 = "classes[0]"
    let cases: [(SynthesisSpec, String)] = [
      (
        SynthesisValidationTests.changed { $0.demand[0].workers = 0 },
        "\(class0).demand[0].workers: is 0; accepted: 1 to 65535"
      ),
      (
        SynthesisValidationTests.changed { $0.estimateFactor = .constant(0) },
        "\(class0).estimateFactor: is 0.0; accepted: a finite number above 0"
      ),
      (
        SynthesisValidationTests.changed { $0.estimateFactor = .uniform(low: 1, high: 0) },
        "\(class0).estimateFactor: the interval's high end 0.0"
      ),
      (
        SynthesisValidationTests.changed {
          $0 = SynthesisTests.chat
          $0.estimateFactor = .constant(2)
        }, "\(class0).estimateFactor: replicas of a service have no estimates"
      ),
    ]
    for (spec, message) in cases {
      let found = SynthesisValidationTests.message(spec)
      #expect(found.hasPrefix(message), "\(found), not \(message)")
    }
  }
}
