import Foundation
import Hardware
import TestSupport
import Testing
import Workload

@Suite("Demands for a part of a GPU")
struct DeviceDemandTests {
  private static let demands = [
    DeviceDemand(profile: "1g.10gb+me"), DeviceDemand(memoryMiB: 8192),
    DeviceDemand(
      memoryMiB: 8192,
      computeMilli: 250,
      fillMilli: 300,
      kernels: .small,
      isolation: .gpu
    ),
  ]

  private static var spec: SynthesisSpec {
    var jobs = Sample.batch("jobs", .poisson(ratePerSecond: 0.01))
    jobs.demand = demands.map { demand in
      var option = DemandOption(gpuCount: 1, milliGPUPerDevice: 125, cpuMilli: 1, memoryMiB: 1)
      option.device = demand
      return option
    }
    return Sample.spec(hours: 10, jobs)
  }

  @Test("what is written to a trace is read back the same")
  func roundTrip() throws {
    let folder = try ScratchFolder()
    let jobs = try Synthesiser.makeJobs(Self.spec, fleetMilliGPU: 1000, seed: 5)
    try HeadroomTraceWriter.write(jobs, to: folder.path("t.csv"))
    let text = try String(contentsOfFile: folder.path("t.csv"), encoding: .utf8)
    #expect(text.contains(",mig=1g.10gb+me\n"))
    #expect(text.contains(",memory=8192;compute=250;fill=300;kernels=small;isolation=gpu\n"))
    let copy = try HeadroomTraceReader.read(path: folder.path("t.csv"))
    #expect(copy.arrival == jobs.arrival)
    let read = copy.shape.map { copy.deviceDemand(of: copy.shapes[Int($0.rawValue)]) }
    let written = jobs.shape.map { jobs.deviceDemand(of: jobs.shapes[Int($0.rawValue)]) }
    #expect(read == written && Set(read).count == Self.demands.count)
  }

  @Test(
    "a text that says something else is refused, with its place",
    arguments: ["mig=9g.99gb", "memory=0", "compute=1001", "fill=-1", "kernels=huge", "colour=red", "memory"]
  )
  func bad(_ text: String) throws {
    let folder = try ScratchFolder()
    let jobs = try Synthesiser.makeJobs(Self.spec, fleetMilliGPU: 1000, seed: 5)
    try HeadroomTraceWriter.write(jobs, to: folder.path("t.csv"))
    let lines = try String(contentsOfFile: folder.path("t.csv"), encoding: .utf8).split(separator: "\n")
    let last = lines[1].lastIndex(of: ",")!
    let changed = [lines[0], lines[1][...last] + text].joined(separator: "\n") + "\n"
    try changed.write(toFile: folder.path("bad.csv"), atomically: true, encoding: .utf8)
    let error = #expect(throws: TraceError.self) {
      try HeadroomTraceReader.read(path: folder.path("bad.csv"))
    }
    #expect(try #require(error).line == 2)
  }

  @Test("a resource of the device plugin is its profile")
  func resource() throws {
    let folder = try ScratchFolder()
    let jobs = try Synthesiser.makeJobs(Self.spec, fleetMilliGPU: 1000, seed: 5)
    try HeadroomTraceWriter.write(jobs, to: folder.path("t.csv"))
    let lines = try String(contentsOfFile: folder.path("t.csv"), encoding: .utf8).split(separator: "\n")
    let last = lines[1].lastIndex(of: ",")!
    let changed = [lines[0], lines[1][...last] + "mig=nvidia.com/mig-1g.10gb"].joined(separator: "\n") + "\n"
    try changed.write(toFile: folder.path("r.csv"), atomically: true, encoding: .utf8)
    let copy = try HeadroomTraceReader.read(path: folder.path("r.csv"))
    #expect(copy.deviceDemand(of: copy.shapes[0]).profile == "1g.10gb")
  }
}
