import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

@Suite("openb format")
struct OpenBReaderTests {
  static let nodeHeader = "sn,cpu_milli,memory_mib,gpu,model\n"
  static let podHeader =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,"
    + "qos,pod_phase,creation_time,deletion_time,scheduled_time\n"

  @Test("nodes keep their order; models are numbered by appearance")
  func nodes() throws {
    let folder = try ScratchFolder()
    let fleet = try OpenBNodeReader.read(
      path: folder.write(Self.nodeHeader + "b,64000,1024,2,T4\na,8000,512,0,\nc,1,2,8,P100\n")
    )
    #expect(fleet.nodes.map(\.name) == ["b", "a", "c"])
    #expect(fleet.gpuModels == ["T4", "P100"])
    #expect(fleet.gpuCount == 10)
    #expect(fleet.nodes[1].gpuModel == nil)
  }

  @Test(
    "bad node lists",
    arguments: [
      ("n,1,1,1,\n", "2:9: `model` is empty"),
      ("n,1,1,0,T4\n", "2:9: a node without GPUs names a GPU model"),
      ("n,1,1,17,T4\n", "2:7: `gpu` is 17; accepted: a whole number, 0 to 16"),
      ("n,1,1,1,T4\nn,1,1,1,T4\n", "3:1: the name `n` is taken by line 2"),
      (",1,1,1,T4\n", "2:1: `sn` is empty"),
      ("n,-1,1,1,T4\n", "2:3: `cpu_milli` is -1"),
      ("n,1,99999999999,1,T4\n", "2:5: `memory_mib` is 99999999999"),
    ]
  )
  func badNodes(rows: String, message: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Self.nodeHeader + rows)
    let error = #expect(throws: TraceError.self) { try OpenBNodeReader.read(path: path) }
    #expect(error?.description.hasPrefix("\(path):\(message)") == true, "\(error?.description ?? "")")
  }

  @Test("a pod list becomes jobs sorted by creation")
  func pods() throws {
    let folder = try ScratchFolder()
    let list = try OpenBPodReader.read(
      path: folder.write(
        Self.podHeader + "p0,1000,0,1,460,,LS,Running,50,170,60\n"
          + "p1,2000,4,8,1000,T4|P100,BE,Pending,10,110,\n" + "p2,1000,4,0,0,,LS,Failed,10,10,10\n"
      )
    )
    let jobs = try list.timedJobs()
    #expect(jobs.names == .listed(["p1", "p2", "p0"]))
    #expect(jobs.arrival.map(\.seconds) == [10, 10, 50])
    #expect(jobs.duration == [.seconds(100), .tick, .seconds(110)])
    #expect(jobs.classes == ["LS", "BE"])
    #expect(jobs.tenants == ["default"])
    #expect(jobs.modelNames(jobs.shapes[Int(jobs.shape[0].rawValue)].models) == ["T4", "P100"])
    #expect(list.requestedMilliGPU == 8460)
  }

  @Test("a list without times can be read, and says that it cannot be replayed")
  func noTimes() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\np,1,1,1,1000,\n")
    let list = try OpenBPodReader.read(path: path)
    #expect(list.pods.count == 1 && !list.hasTimes)
    let error = #expect(throws: TraceError.self) { try list.timedJobs() }
    #expect(
      error?.description
        == "\(path): the file has no times (columns qos,pod_phase,creation_time,deletion_time,"
        + "scheduled_time), so it can only be used for filling"
    )
  }

  @Test(
    "bad pod lists",
    arguments: [
      ("p,1,1,1,0,,LS,R,1,2,1\n", "2:9: `gpu_milli` is 0; accepted: 1 to 1000"),
      ("p,1,1,1,1001,,LS,R,1,2,1\n", "2:9: `gpu_milli` is 1001"),
      ("p,1,1,2,500,,LS,R,1,2,1\n", "2:9: a part of each of several GPUs"),
      ("p,1,1,0,500,,LS,R,1,2,1\n", "2:9: a share of a GPU without GPUs"),
      ("p,1,1,0,0,,LS,R,5,2,\n", "2:19: the pod is deleted before it is created"),
      ("p,1,1,0,0,,LS,R,1,2,3\n", "2:21: the pod is scheduled after it is deleted"),
      ("p,1,1,0,0,,LS,R,2,3,1\n", "2:21: the pod is scheduled before it is created"),
      ("p,1,1,0,0,,LS,R,,3,1\n", "2:17: `creation_time` is empty"),
      ("p,1,1,0,0,,LS,R,soon,3,1\n", "2:17: `creation_time` is `soon`, which is no number"),
      ("p,1,1,0,0,,LS,R,1,2,1\np,1,1,0,0,,LS,R,1,2,1\n", "3:1: the name `p` is taken by line 2"),
      ("p,1,1,0,0,,LS,R,1,99999999999,1\n", "2:19: `deletion_time` is 99999999999"),
    ]
  )
  func badPods(rows: String, message: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Self.podHeader + rows)
    let error = #expect(throws: TraceError.self) { try OpenBPodReader.read(path: path) }
    #expect(error?.description.hasPrefix("\(path):\(message)") == true, "\(error?.description ?? "")")
  }

  @Test("a misspelt column is answered with a suggestion")
  func misspelt() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("name,cpu_mili,memory_mib,num_gpu,gpu_milli\n")
    let error = #expect(throws: TraceError.self) { try OpenBPodReader.read(path: path) }
    #expect(
      error?.description.contains(":1: the header has no column `cpu_milli`; did you mean `cpu_mili`") == true
    )
  }

  @Test("formats are found by name")
  func registry() {
    #expect(TraceFormat.named("openb")?.columns == OpenBPodReader.columns)
    #expect(TraceFormat.named("excel") == nil)
    #expect(Set(TraceFormat.all.map(\.name)).count == TraceFormat.all.count)
  }
}

@Suite("openb: the public trace", .enabled(if: DataFolder.has("openb"), "the openb folder is not here"))
struct OpenBDataTests {
  @Test("the GPU nodes add up to the published totals")
  func gpuNodes() throws {
    let fleet = try OpenBNodeReader.read(path: DataFolder.path("openb/openb_node_list_gpu_node.csv"))
    #expect(fleet.nodes.count == 1213)
    #expect(fleet.gpuCount == 6212)
    #expect(fleet.nodes.reduce(0) { $0 + Int64($1.cpuMilli) } == 107_018_000)
    #expect(fleet.nodes.reduce(0) { $0 + Int64($1.memoryMiB) } == 503_828_480)
    let all = try OpenBNodeReader.read(path: DataFolder.path("openb/openb_node_list_all_node.csv"))
    #expect(all.nodes.count == 1523)
    #expect(all.gpuCount == 6212)
    #expect(all.nodes.count { $0.gpuModel == nil } == 310)
  }

  @Test("the pods add up to the published totals")
  func pods() throws {
    let list = try OpenBPodReader.read(path: DataFolder.path("openb/openb_pod_list_default.csv"))
    #expect(list.pods.count == 8152)
    #expect(list.requestedMilliGPU == 6_086_800)
    #expect(list.pods.count { $0.times?.scheduled == nil } == 897)
    #expect(list.pods.count { $0.memoryMiB == 0 } == 1)
    let jobs = try list.timedJobs()
    #expect(jobs.count == 8152)
    #expect(jobs.shapes.count == 151)
    #expect(zip(jobs.arrival, jobs.arrival.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("compressed arrivals ask for the wanted share of the fleet at their peak")
  func load() throws {
    var jobs = try TraceFormat.named("openb")!.readJobs(DataFolder.path("openb/openb_pod_list_default.csv"))
    let capacity: Int64 = 6_212_000
    // As it stands, the list keeps at most 64.59 GPUs busy at once.
    #expect(jobs.peakDemandMilliGPU() == 64_590)
    // 185,395,451 GPU seconds of work over 12,901,761 s of arrivals.
    #expect(abs(try jobs.offeredLoad(onMilliGPU: capacity) * 6212 - 14.369_778_719) < 1e-6)
    _ = try jobs.compressArrivals(toPeakLoad: 0.9, onMilliGPU: capacity)
    let peak = jobs.peakDemandMilliGPU()
    #expect(peak >= 5_590_800 && peak < 5_600_000, "peak \(peak)")
    #expect(throws: LoadError.self) { try jobs.compressArrivals(toPeakLoad: 0.99, onMilliGPU: capacity) }
  }

  @Test(
    "every variant list can be read",
    arguments: [
      "cpu050", "cpu100", "cpu200", "cpu250", "gpushare100", "gpushare40", "gpushare60", "gpushare80",
      "gpuspec10", "gpuspec20", "gpuspec25", "gpuspec33", "multigpu20", "multigpu30", "multigpu40",
      "multigpu50",
    ]
  )
  func variants(name: String) throws {
    let list = try OpenBPodReader.read(path: DataFolder.path("openb/pods/openb_pod_list_\(name).csv"))
    #expect((7439...9420).contains(list.pods.count))
    #expect(!list.hasTimes)
  }
}
