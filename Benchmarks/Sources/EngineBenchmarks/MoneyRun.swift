import BenchmarkSupport
import Foundation

/// Pricing a stored run with the command, as a user does: eight options of one
/// book, the same by a hundred books, and its bill by job.
struct MoneyRun {
  let headroom: String
  let jobs: Int

  func measure(rounds: Int) throws {
    let folder = try makeScratchFolder()
    defer { remove(folder) }
    let (scenario, db) = (folder.path + "/money.yaml", folder.path + "/money.sqlite")
    try text.write(toFile: scenario, atomically: true, encoding: .utf8)
    run(["run", scenario, "--db", db, "--quiet"])
    let price = ["tco", "1", "--db", db, "--compare", "owned,aws,lambda"]
    var books: [String] = []
    for number in 0..<100 {
      let path = folder.path + "/book-\(number).csv"
      let head = "provider,instance_type,gpu_model,gpu_count,region,on_demand_usd_h"
      try "\(head)\nlambda,x8,h100-80gb-sxm,8,here,\(16 + number)\n"
        .write(toFile: path, atomically: true, encoding: .utf8)
      books += ["--prices", path]
    }
    for (name, arguments) in [
      ("options", price), ("books", price + books), ("jobs", price + ["--chargeback", "--jobs", "10"]),
    ] {
      var best = Double.infinity
      for _ in 0..<rounds {
        let start = wallSeconds()
        run(arguments)
        best = min(best, wallSeconds() - start)
      }
      printRow("money.run.\(name).\(jobs)", ours: best, unit: "s")
    }
  }

  /// 1,000 hours on 10,000 GPUs.
  private var text: String {
    """
    version: 1
    name: money
    seed: 5
    horizon: 1000h
    fleet:
      nodes:
        - {name: h100, count: 1250, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 192, memory: 2TiB}
    workload:
      classes:
        - name: train
          tenants: [{name: a, weight: 1}, {name: b, weight: 2}]
          arrivals: {poisson: {rate: \(jobs / 1000)/h}}
          demand: {gpus: 1, cpu: 8, memory: 64GiB}
          duration: {lognormal: {median: \(6_000_000 / jobs)h, sigma: 0.5}}
          busy: 90%
    policy:
      placement: best-fit
      queue: {order: fifo, headOfLineBlocking: false}

    """
  }

  private func run(_ arguments: [String]) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: headroom)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    try? process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { fail("money: \(arguments.prefix(2)) failed") }
  }
}
