import Foundation
import TestSupport
import Testing

@Suite("Repeating published results job by job")
struct ReplicateTests {
  private let scratch = try! ScratchFolder()
  private let program = Program()

  /// A folder in the form of the Helios data: one virtual cluster of one
  /// node, where a job of 8 GPUs holds up another for 100 s.
  private func helios(secondEnd: Int = 150) throws -> String {
    let folder = scratch.path("data")
    try FileManager.default.createDirectory(atPath: folder + "/expected", withIntermediateDirectories: true)
    _ = try scratch.write(
      "job_id,vc,order_in_vc,submit_s,gpus,duration_s\n0,a,0,0,8,100\n1,a,1,10,8,50\n",
      as: "data/jobs.csv"
    )
    _ = try scratch.write("vc,nodes,gpus_per_node\na,1,8\n", as: "data/vc_nodes.csv")
    _ = try scratch.write(
      "job_id,first_start_s,end_s,preemptions\n0,0,100,0\n1,100,\(secondEnd),0\n",
      as: "data/expected/fifo__consolidate.csv"
    )
    return folder
  }

  @Test("equal results: exit code 0, a table, and the jobs of each configuration")
  func equal() throws {
    let out = scratch.path("out/deeper")
    let outcome = try program.run("replicate", "helios", "--data", try helios(), "--out", out, "--verify")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(
      outcome.output == """
        helios               jobs   equal  mean JCT, s  published
          fifo__consolidate     2  2 of 2     120.0000   120.0000

        Jobs of 1 configuration in \(out)

        """
    )
    let file = try String(contentsOfFile: out + "/fifo__consolidate.csv", encoding: .utf8)
    #expect(file == "job_id,first_start_s,end_s,preemptions\n0,0,100,0\n1,100,150,0\n")
  }

  @Test("results that differ: exit code 3, and the first job that does")
  func different() throws {
    let outcome = try program.run("replicate", "helios", "--data", try helios(secondEnd: 151), "-q")
    #expect(outcome.code == 3)
    #expect(outcome.output == "")
    #expect(outcome.errors == "error: fifo__consolidate: job 1: end_s is 150, published 151\n")
  }

  @Test("a configuration without published results is run all the same")
  func unpublished() throws {
    let outcome = try program.run(
      ["replicate", "helios", "--data", try helios(), "--configs", "srtf__random,fifo__random"],
      after: nil,
      signal: 0
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("srtf__random     2      -"), "\(outcome.output)")
    #expect(!outcome.output.contains("consolidate"))
  }

  @Test("what cannot be run: exit code 2 and a message that helps")
  func refused() throws {
    let data = try helios()
    _ = try scratch.write("vc,nodes,gpus_per_node\nb,1,8\n", as: "data/vc_nodes.csv")
    let cases: [([String], String)] = [
      (
        ["tiresias", "--configs", "60jobs_16gpu__fifo-yard"],
        "Error: configuration '60jobs_16gpu__fifo-yard' of tiresias: unknown placement 'yard'; known: count, yarn; "
          + "did you mean yarn?\n"
      ),
      (
        ["philly", "--configs", "fifo_500"],
        "Error: configuration 'fifo_500' of philly: GPUs are '500'; accepted: a multiple of 8, "
      ),
      (["pai", "--data", data], "Error: DIR/data: holds no published results (expected/*.csv), so "),
      (
        ["pai", "--data", scratch.path("none")],
        "Error: DIR/none: no such folder; name the folder of the pai data with --data, or the one that holds "
          + "training/pai with the environment variable HEADROOM_DATA"
      ),
      (["tiresias", "--data", data, "--configs", "60jobs_8gpu__fifo-count"], "Error: DIR/data/60jobs.csv: "),
      (
        ["helios", "--data", data, "--configs", "fifo__random"],
        "Error: DIR/data/jobs.csv: job 0 is of virtual cluster 'a', which vc_nodes.csv does not list\n"
      ),
    ]
    try FileManager.default.removeItem(atPath: data + "/expected")
    for (arguments, message) in cases {
      let outcome = try program.run(["replicate"] + arguments, after: nil, signal: 0)
      #expect(outcome.code == 2, "\(arguments)")
      let errors = outcome.errors.replacing(scratch.path(""), with: "DIR/").replacing("DIR//", with: "DIR/")
      #expect(errors.hasPrefix(message), "\(arguments): \(errors)")
      #expect(outcome.output == "")
    }
  }

  @Test("a job that fits no node: exit code 2, and which configuration it was")
  func impossible() throws {
    let data = try helios()
    _ = try scratch.write(
      "job_id,vc,order_in_vc,submit_s,gpus,duration_s\n0,a,0,0,9,100\n",
      as: "data/jobs.csv"
    )
    let outcome = try program.run("replicate", "helios", "--data", data)
    #expect(outcome.code == 2)
    #expect(outcome.errors.hasPrefix("Error: fifo__consolidate: "), "\(outcome.errors)")
  }

  @Test("wrong flags: exit code 64")
  func flags() throws {
    for flags in [
      ["--threads", "0"], ["--configs", ""], ["--configs", "fifo__random,fifo__random"], ["--out", ""],
    ] {
      let outcome = try program.run(["replicate", "helios"] + flags, after: nil, signal: 0)
      #expect(outcome.code == 64, "\(flags): \(outcome.errors)")
    }
  }

  @Test("a folder that cannot be made: exit code 2")
  func unwritable() throws {
    let file = try scratch.write("x", as: "file")
    let outcome = try program.run("replicate", "helios", "--data", try helios(), "--out", file + "/out")
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("/file/out: the folder cannot be made"), "\(outcome.errors)")
  }
}
