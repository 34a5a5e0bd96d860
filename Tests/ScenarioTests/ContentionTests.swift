import Engine
import Foundation
import TestSupport
import Testing

@testable import Scenario

/// `policy.sharing` where jobs on one GPU slow one another.
struct ContentionTests {
  private static func spec(_ sharing: String) throws -> ContentionSpec? {
    let scenario = try Sample.load(Sample.withoutService + "policy: {sharing: \(sharing)}\n")
    return try scenario.input(placement: scenario.placements[0], replication: 0).contention
  }

  private static func failure(_ sharing: String, _ more: String = "") -> String {
    Sample.failure(Sample.withoutService + "policy: {sharing: \(sharing)\(more)}\n")
  }

  private static let config = """
    version: v1
    flags: {migStrategy: none}
    sharing:
      timeSlicing:
        renameByDefault: true
        failRequestsGreaterThanOne: true
        resources:
          - name: nvidia.com/gpu
            replicas: 10

    """

  @Test func specs() throws {
    #expect(try Self.spec("fractions") == nil)
    #expect(try Self.spec("{mode: fractions, contention: capped}") == .fractions(.capped))
    #expect(try Self.spec("{mode: timeSlicing, replicas: 8}") == .timeSlicing(replicas: 8))
    var mps = ContentionSpec.mps(replicas: 12)
    mps.efficiency.small = 500_000_000
    mps.faultIsolation = true
    mps.devicePolicy = .spread
    #expect(
      try Self.spec(
        "{mode: mps, replicas: 12, efficiency: {small: 50%}, faultIsolation: true, devicePolicy: spread}"
      ) == mps
    )
    #expect(mps.replicaMilli == 83 && mps.remainderMilli == 4)
  }

  @Test(
    arguments: [
      ("timeSlicing", "says not how many jobs share a GPU"),
      ("{mode: timeSlicing, replicas: 0}", "at most 100 jobs; found 0; accepted: 1 ... 100"),
      ("{mode: mps, replicas: 49}", "at most 48 clients; found 49; accepted: 1 ... 48"),
      ("{mode: wholeGPU, replicas: 2}", "has no meaning with 'wholeGPU'; accepted with timeSlicing, mps"),
      ("{mode: mps, replicas: 2, outOfMemory: all}", "has no meaning with 'mps'; accepted with timeSlicing"),
      ("{mode: fractions, devicePolicy: spread}", "has no meaning where jobs do not slow one another"),
      ("{mode: timeSlicing, replicas: 2, from: x.yaml}", "is stated twice"),
      ("{mode: timeSlicing, from: no-such.yaml}", "no-such.yaml"),
    ]
  )
  func refused(sharing: String, what: String) {
    #expect(Self.failure(sharing).contains(what), "\(Self.failure(sharing))")
  }

  @Test func refusedQueue() {
    let text = Self.failure("{mode: mps, replicas: 2}", ", queue: {order: fifo, backfill: easy}")
    #expect(text.contains("reservations do not go with jobs that slow one another"), "\(text)")
  }

  @Test func pluginFile() throws {
    let folder = try ScratchFolder()
    let plain = try folder.write(Self.config, as: "plugin.yaml")
    var expected = ContentionSpec.timeSlicing(replicas: 10)
    expected.renameByDefault = true
    #expect(try Self.spec("{mode: timeSlicing, from: '\(plain)'}") == expected)
    let indented = Self.config.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    let head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plugin}\ndata:\n"
    let map = try folder.write("\(head)  any: |-\n\(indented)\n", as: "map.yaml")
    #expect(try Self.spec("{mode: timeSlicing, from: '\(map)'}") == expected)
    let two = try folder.write("\(head)  any: |-\n\(indented)\n  other: |-\n\(indented)\n", as: "two.yaml")
    #expect(Self.failure("{mode: timeSlicing, from: '\(two)'}").contains("several entries; found any, other"))
    #expect(try Self.spec("{mode: timeSlicing, from: '\(two)', entry: other}") == expected)
    #expect(
      Self.failure("{mode: timeSlicing, from: '\(two)', entry: othr}").contains("did you mean 'other'?")
    )
    let wrong = try folder.write(
      "\(head)  any: |-\n\(indented.replacing("replicas: 10", with: "replicas: 0"))\n",
      as: "wrong.yaml"
    )
    #expect(
      Self.failure("{mode: timeSlicing, from: '\(wrong)'}").hasPrefix("\(wrong):14:23: data.any.sharing.")
    )
  }

  @Test(
    arguments: [
      ("version: v1", "version: v2", "timeSlicing", ":1:10: version: is not a device plugin's file"),
      ("replicas: 10", "replicas: 500", "timeSlicing", "at most 100 jobs; found 500"),
      ("nvidia.com/gpu", "nvidia.com/gpus", "timeSlicing", "did you mean 'nvidia.com/gpu'?"),
      ("renameByDefault", "renamByDefault", "timeSlicing", ":5:5: sharing.timeSlicing: unknown key"),
      ("replicas: 10", "replicas: ten", "timeSlicing", ":9:19: sharing.timeSlicing.resources[0].replicas"),
      ("timeSlicing", "mps", "timeSlicing", "says nothing of timeSlicing; found mps; set mode: mps"),
      ("nvidia.com/gpu", "nvidia.com/mig-1g.5gb", "timeSlicing", "time-slicing of MIG instances"),
      ("sharing:", "sharing:\n  mps: {}", "timeSlicing", "exclude each other"),
    ]
  )
  func refusedFile(old: String, new: String, mode: String, what: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Self.config.replacing(old, with: new), as: "plugin.yaml")
    let text = Self.failure("{mode: \(mode), from: '\(path)'}")
    #expect(text.contains(what), "\(text)")
    let mps = try folder.write(
      Self.config.replacing("timeSlicing", with: "mps").replacing("/gpu", with: "/mig-1g.5gb"),
      as: "mps.yaml"
    )
    #expect(Self.failure("{mode: mps, from: '\(mps)'}").contains("MPS does not run on MIG instances"))
  }
}
