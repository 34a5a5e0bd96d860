import GRDB
import Hardware
import OutcomeFixtures
import TestSupport
import Testing
import Workload

@testable import Outcome
@testable import Results

extension RunRecord {
  /// The small run, whose first job asks for 8 GiB of a GPU and last ran on a
  /// MIG instance.
  static func slices(replications: Int = 1) -> RunRecord {
    var record = small(replications: replications)
    for r in record.replications.indices {
      let shape = Int(record.replications[r].jobs.shape[0].rawValue)
      let demand = DeviceDemand(memoryMiB: 8192, isolation: .mig)
      record.replications[r].jobs.shapes[shape].device = record.replications[r].jobs.deviceDemand(demand)
      record.replications[r].outcome.jobs.instance = Array(repeating: nil, count: 12)
      record.replications[r].outcome.jobs.instance[0] = MIGInstance(profile: "1g.10gb", start: 3)
    }
    return record
  }
}

@Suite("MIG instances in results files")
struct InstanceTests {
  private let folder = try! ScratchFolder()

  @Test("what a job asks of a GPU and the instance that it got are stored and told")
  func stored() throws {
    let path = folder.path("slices.sqlite")
    _ = try ResultStore.store([.slices()], at: path)
    let store = try ResultStore(path: path, access: .read)
    try store.queue.read { db in
      let rows = try Row.fetchAll(db, sql: "SELECT * FROM instance_view")
      #expect(rows.count == 1)
      #expect(rows[0]["job_id"] as Int == 0 && rows[0]["profile"] as String == "1g.10gb")
      #expect(rows[0]["start_slot"] as Int == 3 && rows[0]["asked_memory_mib"] as Int == 8192)
      #expect(rows[0]["isolation"] as String == "mig")
    }
    let gpu = SmallRun.outcome().jobs.gpuMask[0].trailingZeroBitCount
    let story = try store.story(ofJob: "0", run: 1, replication: 0)
    #expect(story.instance == "1g.10gb at slot 3 of GPU \(gpu)")
    #expect(try store.story(ofJob: "5", run: 1, replication: 0).instance == nil)
  }

  @Test("demands that replications number differently are the same in the file")
  func numbers() throws {
    var record = RunRecord.slices(replications: 2)
    // The second replication met another demand first.
    let shape = Int(record.replications[1].jobs.shape[0].rawValue)
    record.replications[1].jobs.deviceDemands.insert(DeviceDemand(profile: "7g.80gb"), at: 1)
    record.replications[1].jobs.shapes[shape].device = 2
    let path = folder.path("numbers.sqlite")
    _ = try ResultStore.store([record], at: path)
    let store = try ResultStore(path: path, access: .read)
    func count(_ table: String) throws -> Int? {
      try store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
    }
    #expect(try count("shape_device") == 1)
    #expect(try count("job_shape") == record.replications[0].jobs.shapes.count)
  }
}
