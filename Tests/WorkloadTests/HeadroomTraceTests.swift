import Foundation
import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

@Suite("headroom trace format")
struct HeadroomTraceTests {
  static let header = HeadroomTrace.columns.joined(separator: ",") + "\n"

  /// A random table, numbered in order of appearance as a reader numbers it.
  static func randomTable(seed: UInt64) -> JobTable {
    var random = SplitMix(seed: seed)
    let constrained = seed % 4 == 2
    let awkward = [
      "plain", "with,comma", "with \"quote\"", "two\nlines", "ünïcode", "0", " blank ", "cr\r\nlf",
    ]
    var table = JobTable()
    let count = Int.random(in: 0...60, using: &random)
    var arrival: Int64 = 0
    var specs = [""]
    for _ in 0..<count {
      arrival += Bool.random(using: &random) ? 0 : Int64.random(in: 0...10_000_000_000, using: &random)
      table.arrival.append(SimTime(nanoseconds: arrival))
      table.duration.append(SimDuration(nanoseconds: Int64.random(in: 1...1 << 59, using: &random)))
      table.priority.append(Int32.random(in: .min ... .max, using: &random))
      table.busyMilli.append(UInt16.random(in: 0...1000, using: &random))
      table.kind.append(Bool.random(using: &random) ? .batch : .service)
      let gpus = Int32.random(in: 0...3, using: &random)
      let spec = ["", "T4", "T4|P100"].randomElement(using: &random)!
      if !specs.contains(spec) { specs.append(spec) }
      var stated = JobConstraints()
      if constrained, Bool.random(using: &random) { stated.selector = [NodeLabel("zone", "a")] }
      if constrained, Bool.random(using: &random) {
        stated.rules.apart = .init(scope: .gang, topology: "node")
      }
      if !table.constraints.contains(stated) { table.constraints.append(stated) }
      var limits = PodLimits.none
      if constrained, Bool.random(using: &random) { limits.cpuMilli = 4_000 }
      if constrained, Bool.random(using: &random) {
        limits.memoryMiB = Int32.random(in: 5...6, using: &random)
      }
      let limitsNumber = table.podLimit(limits)
      let shape = JobShape(
        cpuMilli: Int32.random(in: 0...3, using: &random) * 1000,
        memoryMiB: Int32.random(in: 0...2, using: &random),
        gpuCount: gpus,
        milliGPUPerDevice: gpus == 0 ? 0 : gpus == 1 ? 460 : 1000,
        models: ModelSetID(rawValue: Int32(specs.firstIndex(of: spec)!)),
        constraints: ConstraintsID(rawValue: Int32(table.constraints.firstIndex(of: stated)!)),
        limits: limitsNumber
      )
      if !table.shapes.contains(shape) { table.shapes.append(shape) }
      table.shape.append(ShapeID(rawValue: Int32(table.shapes.firstIndex(of: shape)!)))
      let tenant = awkward.randomElement(using: &random)!
      if !table.tenants.contains(tenant) { table.tenants.append(tenant) }
      table.tenant.append(TenantID(rawValue: UInt16(table.tenants.firstIndex(of: tenant)!)))
      let jobClass = awkward.randomElement(using: &random)!
      if !table.classes.contains(jobClass) { table.classes.append(jobClass) }
      table.jobClass.append(JobClassID(rawValue: UInt16(table.classes.firstIndex(of: jobClass)!)))
    }
    table.modelSets = specs
    if count > 0 {
      let prefix = awkward.randomElement(using: &random)!
      table.names =
        Bool.random(using: &random)
        ? .numbered(prefix: prefix)
        : .listed((0..<count).map { "\(prefix)\($0 + (count - $0) / 2 * 100)x" })
    }
    return table
  }

  @Test("what is written is read back the same, whatever the seed")
  func roundTrip() throws {
    let folder = try ScratchFolder()
    let path = folder.path("trace.csv")
    for seed in UInt64(1)...400 {
      let table = Self.randomTable(seed: seed)
      try HeadroomTraceWriter.write(table, to: path)
      let copy = try HeadroomTraceReader.read(path: path)
      let isSame = copy == table
      #expect(isSame, "seed \(seed)")
    }
    #expect(try folder.contents() == ["trace.csv"])
  }

  @Test("the written text is stable")
  func golden() throws {
    let folder = try ScratchFolder()
    var table = JobTable()
    table.arrival = [.zero, SimTime(nanoseconds: 1_500_000_001)]
    table.duration = [.tick, .seconds(60)]
    table.shapes = [
      JobShape(cpuMilli: 8000, memoryMiB: 1024, gpuCount: 1, milliGPUPerDevice: 250),
      JobShape(
        cpuMilli: 0,
        memoryMiB: 0,
        gpuCount: 8,
        milliGPUPerDevice: 1000,
        models: ModelSetID(rawValue: 1)
      ),
    ]
    table.modelSets = ["", "H100|H200"]
    table.shape = [ShapeID(rawValue: 0), ShapeID(rawValue: 1)]
    table.tenants = ["blue"]
    table.tenant = [TenantID(rawValue: 0), TenantID(rawValue: 0)]
    table.classes = ["chat", "train"]
    table.jobClass = [JobClassID(rawValue: 0), JobClassID(rawValue: 1)]
    table.priority = [-1, 10]
    table.busyMilli = [1000, 333]
    table.kind = [.service, .batch]
    let path = folder.path("t.csv")
    try HeadroomTraceWriter.write(table, to: path)
    #expect(
      try String(contentsOfFile: path, encoding: .utf8) == """
        name,class,tenant,kind,priority,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,busy_milli,\
        arrival_s,duration_s
        job-0,chat,blue,service,-1,8000,1024,1,250,,1000,0,0.000000001
        job-1,train,blue,batch,10,0,0,8,1000,H100|H200,333,1.500000001,60

        """
    )
  }

  @Test("a file cut anywhere but at a line end is refused")
  func truncated() throws {
    let folder = try ScratchFolder()
    try HeadroomTraceWriter.write(Self.randomTable(seed: 7), to: folder.path("whole.csv"))
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.path("whole.csv")))
    #expect(whole.count > 500)
    for length in 0..<min(whole.count, 3000) where length == 0 || whole[length - 1] != UInt8(ascii: "\n") {
      try whole.prefix(length).write(to: URL(fileURLWithPath: folder.path("cut.csv")))
      #expect(throws: TraceError.self, "cut to \(length) bytes") {
        try HeadroomTraceReader.read(path: folder.path("cut.csv"))
      }
    }
  }

  @Test("unsorted rows are sorted, and keep their names")
  func unsorted() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      Self.header + "j0,c,t,batch,0,1,1,0,0,,1000,5,1\n" + "j1,c,t,batch,1,1,1,0,0,,1000,3,1\n"
        + "j2,c,t,batch,2,1,1,0,0,,1000,3,1\n"
    )
    let jobs = try HeadroomTraceReader.read(path: path)
    #expect(jobs.names == .listed(["j1", "j2", "j0"]))
    #expect(jobs.priority == [1, 2, 0])
    #expect(jobs.arrival.map(\.seconds) == [3, 3, 5])
  }

  @Test(
    "bad rows",
    arguments: [
      (
        "j,c,t,batch,0,1,1,0,0,,1001,0,1\n", "2:24: `busy_milli` is 1001; accepted: a whole number, 0 to 1000"
      ),
      (
        "j,c,t,bach,0,1,1,0,0,,0,0,1\n",
        "2:7: `kind` is `bach`; did you mean `batch`? accepted: batch, service"
      ),
      ("j,c,t,batch,x,1,1,0,0,,0,0,1\n", "2:13: `priority` is `x`, which is no number"),
      ("j,c,t,batch,99999999999,1,1,0,0,,0,0,1\n", "2:13: `priority` is 99999999999"),
      ("j,c,,batch,0,1,1,0,0,,0,0,1\n", "2:5: `tenant` is empty"),
      ("j,,t,batch,0,1,1,0,0,,0,0,1\n", "2:3: `class` is empty"),
      (",c,t,batch,0,1,1,0,0,,0,0,1\n", "2:1: `name` is empty"),
      ("j,c,t,batch,0,1,1,0,0,,0,-1,1\n", "2:26: `arrival_s` is -1; accepted: seconds from 0 to 1152921504"),
      ("j,c,t,batch,0,1,1,0,0,,0,0,1e3\n", "2:28: `duration_s` is `1e3`, which is no number"),
      ("j,c,t,batch,0,1,1,0,0,,0,0,0.0000000001\n", "2:28: `duration_s` is 0.0000000001"),
      ("j,c,t,batch,0,1,1,0,0,,0,0\n", "2: the row has 12 fields, the header has 13"),
      ("j,c,t,batch,0,1,1,0,0,,0,0,1", "2: the last row has no line end"),
      (
        "j,c,t,batch,0,1,1,0,0,,0,0,1\nj,c,t,batch,0,1,1,0,0,,0,0,1\n", "3:1: the name `j` is taken by line 2"
      ),
      (
        "j0,c,t,batch,0,1,1,0,0,,0,0,1\nj1,c,t,batch,0,1,1,0,0,,0,0,1\nj0,c,t,batch,0,1,1,0,0,,0,0,1\n",
        "4:1: the name `j0` is taken by line 2"
      ),
    ]
  )
  func badRows(rows: String, message: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Self.header + rows)
    let error = #expect(throws: TraceError.self) { try HeadroomTraceReader.read(path: path) }
    #expect(error?.description.hasPrefix("\(path):\(message)") == true, "\(error?.description ?? "")")
  }

  @Test("a failed write leaves nothing behind and the target as it was")
  func failedWrite() throws {
    let folder = try ScratchFolder()
    // A folder cannot be replaced by a file: the rename would fail; and no
    // file can be made in a folder that is not there.
    let error = #expect(throws: TraceError.self) {
      try HeadroomTraceWriter.write(Self.randomTable(seed: 3), to: folder.path("none/t.csv"))
    }
    #expect(error?.description.hasSuffix("cannot write the file: No such file or directory") == true)
    try FileManager.default.createDirectory(
      atPath: folder.path("taken"),
      withIntermediateDirectories: false
    )
    #expect(throws: TraceError.self) {
      try HeadroomTraceWriter.write(Self.randomTable(seed: 3), to: folder.path("taken"))
    }
    #expect(try folder.contents() == ["taken"])
  }

  @Test("a full disk is an error", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func fullDisk() {
    let error = #expect(throws: TraceError.self) {
      try HeadroomTraceWriter.write(Self.randomTable(seed: 3), to: "/dev/full")
    }
    #expect(error?.description == "/dev/full: cannot write the file: No space left on device")
  }
}
