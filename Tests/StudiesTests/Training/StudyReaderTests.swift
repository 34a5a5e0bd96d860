import Engine
import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Studies

/// The files of the training studies.
@Suite struct StudyReaderTests {
  private let scratch = try! ScratchFolder()

  private func gangs(_ rows: String, vc: Bool = false) throws -> GangJobs {
    let header = vc ? "job_id,submit_s,gpus,duration_s,vc\n" : "job_id,gpus,submit_s,duration_s,model\n"
    return try GangJobs(path: scratch.write(header + rows), hasVirtualClusters: vc)
  }

  @Test func `jobs of whole GPUs become gangs of one-GPU workers`() throws {
    let jobs = try gangs("0,16,3,100,vgg\n2,1,3,5,x\n7,16,9,1,y\n")
    #expect(jobs.ids == [0, 2, 7])
    let table = jobs.table(wish: .consolidated)
    #expect(table.count == 3)
    #expect(table.names == .listed(["0", "2", "7"]))
    #expect(table.arrival.map(\.seconds) == [3, 3, 9])
    #expect(table.duration == [.seconds(100), .seconds(5), .seconds(1)])
    #expect(table.shape.map(\.rawValue) == [0, 1, 0])
    #expect(table.shapes.map(\.workers) == [16, 1])
    #expect(table.shapes.allSatisfy { $0.wish == .consolidated && $0.gpuCount == 1 && $0.milliGPU >= 1000 })
    #expect(table.estimate.isEmpty)
  }

  @Test func `virtual clusters are told apart`() throws {
    let jobs = try gangs("0,0,1,5,a\n1,0,2,5,b\n2,1,4,6,a\n", vc: true)
    #expect(jobs.inVirtualCluster("a").ids == [0, 2])
    #expect(jobs.inVirtualCluster("c").ids.isEmpty)
  }

  @Test(arguments: [
    ("1,1,5,1,m\n1,1,6,1,m\n", "`job_id` is 1; accepted: more than 1, the row above"),
    ("1,1,5,1,m\n2,1,4,1,m\n", "`submit_s` is 4; accepted: at least 5, the row above"),
    ("1,0,5,1,m\n", "`gpus` is 0"), ("1,1,5,0,m\n", "`duration_s` is 0"), ("1,1,-5,1,m\n", "`submit_s` is"),
    ("1,1,5\n", "the row has 3 fields"),
  ])
  func `rows that cannot be meant are refused with their place`(rows: String, message: String) {
    #expect {
      _ = try gangs(rows)
    } throws: { error in
      #expect("\(error)".contains(message), "\(error)")
      return error is TraceError
    }
  }

  private static let paiHeader =
    "job_id,user,group,num_inst,num_cpu,num_gpu,gpu_type,submit_time,duration,user_dur,group_dur,group_gpu_dur\n"

  private func pai(_ rows: String) throws -> PAIJobs {
    try PAIJobs(path: scratch.write(Self.paiHeader + rows))
  }

  @Test func `instances of the PAI trace ask for parts of GPUs, whole ones, or none`() throws {
    let jobs = try pai(
      """
      0,u,g,4,6,0.25,T4,5,0,1.5,2.25,3
      1,u,g,1,0.5,8,V100,7,10,1.5,2.25,3
      2,u,g,2,12,0,CPU,7,10,1.5,2.25,3
      3,u,g,1,1,1,V100,7,10,1.5,2.25,3

      """
    )
    let table = jobs.table(estimate: .group, bindsV100: true, sixtyAMinute: false)
    #expect(table.shapes.map(\.cpuMilli) == [6000, 500, 12_000, 1000])
    #expect(table.shapes.map(\.gpuCount) == [1, 8, 0, 1])
    #expect(table.shapes.map(\.milliGPUPerDevice) == [250, 1000, 0, 1000])
    #expect(table.shapes.map(\.workers) == [4, 1, 2, 1])
    #expect(table.shapes.map { table.modelNames($0.models) } == [[], ["V100"], [], ["V100"]])
    #expect(table.duration.map(\.seconds) == [1, 10, 10, 10])
    #expect(table.estimate.map(\.seconds) == [2.25, 2.25, 2.25, 2.25])
    let free = jobs.table(estimate: nil, bindsV100: false, sixtyAMinute: false)
    #expect(free.shapes.allSatisfy { $0.models == .any })
    #expect(free.estimate.isEmpty)
  }

  @Test func `rewritten arrivals are sixty a minute`() throws {
    let rows = (0..<125).map { "\($0),u,g,1,1,1,T4,\($0),10,1,1,1\n" }.joined()
    let table = try pai(rows).table(estimate: nil, bindsV100: false, sixtyAMinute: true)
    #expect(table.arrival.map(\.seconds) == (0..<125).map { Double($0 / 60 * 60) })
  }

  @Test(arguments: [
    ("0,u,g,1,1,1.5,T4,5,1,1,1,1\n", "1.5 GPUs are neither a part of one nor whole"),
    ("0,u,g,1,1,x,T4,5,1,1,1,1\n", "`num_gpu` is `x`, which is no number"),
    ("0,u,g,0,1,1,T4,5,1,1,1,1\n", "`num_inst` is 0"),
    ("0,u,g,1,1,nan,T4,5,1,1,1,1\n", "`num_gpu` is `nan`"),
  ])
  func `PAI rows that cannot be meant are refused`(row: String, message: String) {
    #expect {
      _ = try pai(row)
    } throws: { error in
      #expect("\(error)".contains(message), "\(error)")
      return error is TraceError
    }
  }

  @Test func `nodes of a study sort in their order`() {
    let fleet = Fleet.ofGPUs(nodes: 12, gpusPerNode: 8)
    #expect(fleet.gpuCount == 96)
    #expect(fleet.nodes.map(\.name).sorted() == fleet.nodes.map(\.name))
    #expect(fleet.nodes[3].name == "node-03")
    #expect(Fleet.nodeName(0, of: 1) == "node-0")
  }
}
