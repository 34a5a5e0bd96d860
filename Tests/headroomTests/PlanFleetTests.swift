import Foundation
import TestSupport
import Testing

@Suite("Planning a fleet on the command line")
struct PlanFleetTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  private struct Document: Decodable {
    struct Fleet: Decodable {
      var nodes: [String: Int]
      var met: Bool
    }
    var plan: Fleet?
    var oneLess: [String: Fleet]
  }

  /// Jobs of 1 GPU and 1 h, 8 an hour: some 8 GPUs on average.
  private func scenario() throws -> String {
    try scratch.write(
      """
      version: 1
      name: plan
      seed: 3
      horizon: 3d
      warmup: 6h
      fleet:
        nodes:
          - {name: h100, count: 8, gpu: h100-80gb-sxm, gpusPerNode: 4, cpu: 64, memory: 512GiB}
      workload:
        classes:
          - name: train
            tenants: research
            arrivals: {poisson: {rate: 8/h}}
            demand: {gpus: 1, cpu: 4, memory: 16GiB}
            duration: {lognormal: {median: 1h, sigma: 0.3}}
      policy: {placement: best-fit, queue: {order: fifo, headOfLineBlocking: false}}

      """,
      as: "plan.yaml"
    )
  }

  @Test("the plan is the least count of all that meets the target, as single runs say")
  func least() throws {
    let file = try scenario()
    let json = try program.run(
      "plan",
      "fleet",
      file,
      "--target",
      "wait.p95<=10m",
      "--target",
      "jobs.waiting<=3",
      "--json"
    )
    #expect(json.code == 0, "\(json.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let document = try decoder.decode(Document.self, from: Data(json.output.utf8))
    let count = try #require(document.plan?.nodes["h100"])
    #expect((2...5).contains(count) && document.plan?.met == true)
    #expect(document.oneLess["h100"].map { !$0.met && $0.nodes["h100"] == count - 1 } ?? (count == 1))
    let text = try program.run(
      "plan",
      "fleet",
      file,
      "--target",
      "wait.p95<=10m",
      "--target",
      "jobs.waiting<=3"
    )
    #expect(text.output.contains("\(count) x h100") && text.output.contains("What binds"))
  }

  private struct Split: Decodable {
    struct Part: Decodable {
      var kind: String
      var nodes: Int
      var billedShare: Double
    }
    struct Purchase: Decodable {
      var usdYear: Double
      var allOwnedUsdYear: Double?
      var parts: [Part]
    }
    struct Fleet: Decodable {
      var nodes: [String: Int]
      var usdYear: Double
      var met: Bool
    }
    struct Budget: Decodable {
      var cheapest: Fleet?
      var affordable: Fleet?
    }
    struct Spares: Decodable {
      var nodes: [String: Int]
      var probability: [String: Double]
      var withFailures: Fleet
    }
    var plan: Fleet?
    var purchase: Purchase?
    var budget: Budget?
    var spares: Spares?
  }

  private func plan(_ words: [String]) throws -> Program.Outcome {
    let all = ["plan", "fleet", try scenario(), "--target", "wait.p95<=10m"] + words
    return try program.run(all, after: nil, signal: 0)
  }

  private func json(_ words: [String]) throws -> (code: Int32, document: Split) {
    let run = try plan(["--json"] + words)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return (run.code, try decoder.decode(Split.self, from: Data(run.output.utf8)))
  }

  @Test("three models: as planning every fleet of a small grid by itself says")
  func grid() throws {
    var text = try String(contentsOfFile: scenario(), encoding: .utf8)
    text = text.replacing(
      "    - {name: h100, count: 8, gpu: h100-80gb-sxm, gpusPerNode: 4, cpu: 64, memory: 512GiB}\n",
      with: ["h100:h100-80gb-sxm", "a100:a100-80gb-sxm", "l40s:l40s"].map { pool in
        let parts = pool.split(separator: ":")
        return
          "    - {name: \(parts[0]), count: 1, gpu: \(parts[1]), gpusPerNode: 4, cpu: 64, memory: 512GiB}\n"
      }.joined()
    )
    #expect(text.contains("l40s"))
    let file = try scratch.write(text, as: "grid.yaml")
    func plan(_ ranges: [ClosedRange<Int>]) throws -> Split.Fleet? {
      var words = [
        "plan", "fleet", file, "--json", "--target", "wait.p95<=10m", "--target", "jobs.waiting<=3",
      ]
      words += ["--replications", "3", "--most-replications", "6"]
      for (pool, range) in zip(["h100", "a100", "l40s"], ranges) {
        words += ["--pool", "\(pool)=\(range.lowerBound)..\(range.upperBound)"]
      }
      let run = try program.run(words, after: nil, signal: 0)
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Split.self, from: Data(run.output.utf8)).plan
    }
    var best: Split.Fleet?
    for a in 1...2 {
      for b in 1...2 {
        for c in 1...3 {
          guard let found = try plan([a...a, b...b, c...c]) else { continue }
          if best.map({ found.usdYear < $0.usdYear }) ?? true { best = found }
        }
      }
    }
    let found = try plan([1...2, 1...2, 1...3])
    #expect(best != nil && found?.nodes == best?.nodes && found?.usdYear == best?.usdYear)
  }

  @Test("what is always used is owned, the peak rented, and the sum is below owning all")
  func split() throws {
    let (code, found) = try json(["--buy", "owned,on-demand", "--providers", "aws"])
    #expect(code == 0)
    let purchase = try #require(found.purchase)
    #expect(purchase.parts.reduce(0) { $0 + $1.nodes } == found.plan?.nodes["h100"])
    #expect(purchase.usdYear == found.plan?.usdYear)
    #expect(purchase.usdYear <= purchase.allOwnedUsdYear ?? 0)
    #expect(purchase.parts.allSatisfy { $0.kind == "owned" ? $0.billedShare == 1 : $0.billedShare < 1 })
  }

  @Test("a budget below the cheapest plan ends with 1 and tells what it buys")
  func budget() throws {
    let (code, found) = try json(["--budget", "400000"])
    #expect(code == 1 && found.plan == nil)
    #expect(found.budget?.cheapest.map { $0.met && $0.usdYear > 400_000 } == true)
    #expect(found.budget?.affordable.map { !$0.met && $0.usdYear <= 400_000 } == true)
    #expect(try json(["--budget", "40000000"]).code == 0)
  }

  @Test("spares make the nodes of the plan available, and the plan is simulated with failures")
  func spares() throws {
    let (code, found) = try json(["--availability", "99.9%", "--node-failures", "20", "--repair", "24h"])
    #expect(code == 0)
    let spares = try #require(found.spares)
    #expect(spares.nodes["h100"].map { (1...3).contains($0) } == true)
    #expect(spares.probability["h100"].map { $0 >= 0.999 } == true)
    let nodes = (found.plan?.nodes["h100"] ?? 0) + (spares.nodes["h100"] ?? 0)
    #expect(spares.withFailures.nodes["h100"] == nodes)
  }

  @Test("orders lie a lead time before the demand that needs them")
  func orders() throws {
    let run = try program.run(
      "plan",
      "fleet",
      try scenario(),
      "--target",
      "wait.p95<=10m",
      "--lead-time",
      "5w",
      "--growth",
      "30%/month",
      "--until",
      "12w",
      "--replications",
      "2",
      "--most-replications",
      "2",
      "--pool",
      "h100=1..40"
    )
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("what to order when, 5 weeks ahead"))
    #expect(run.output.contains("before the start") && run.output.contains("node-hours of h100 are missing"))
    for (words, text) in [
      (["--growth", "6%/month"], "--lead-time"), (["--lead-time", "30"], "30w"),
      (["--lead-time", "30w", "--growth", "6"], "6%/month"), (["--buy", "rent"], "on-demand"),
      (["--availability", "99.9%", "--buy", "spot"], "owned"), (["--availability", "120%"], "99.9%"),
    ] {
      let bad = try plan(words)
      #expect(bad.code == 64 && bad.errors.contains(text), "\(words) \(bad.errors)")
    }
    let none = try program.run(
      "plan",
      "fleet",
      try scenario(),
      "--target",
      "wait.p95<=10m",
      "--lead-time",
      "30w"
    )
    #expect(none.code == 2 && none.errors.contains("--growth"))
    let failures = try program.run(
      "plan",
      "fleet",
      try scenario(),
      "--target",
      "wait.p95<=10m",
      "--availability",
      "99%"
    )
    #expect(failures.code == 2 && failures.errors.contains("--node-failures"))
  }

  @Test("targets that no fleet meets end with 1; wrong words with 64 or 2 and a hint")
  func wrong() throws {
    let file = try scenario()
    let hopeless = try program.run(
      "plan",
      "fleet",
      file,
      "--target",
      "wait.p95<=10m",
      "--pool",
      "h100=1..2"
    )
    #expect(hopeless.code == 1 && hopeless.output.contains("no fleet up to 2 x h100 meets the targets"))
    let unused = try plan(["--target", "utilisation>=99.9%"])
    #expect(unused.code == 1 && unused.output.contains("no fleet up to 16 x h100 meets the targets"))
    #expect(unused.output.contains("is the cheapest that meets those that more nodes help to meet"))
    #expect(try program.run("plan", "fleet", file).code == 64)
    #expect(try program.run("plan", "fleet", file, "--target", "wait.p95<=15").code == 64)
    #expect(try program.run("plan", "fleet", file, "--target", "wait<=15m").code == 64)
    let scope = try program.run("plan", "fleet", file, "--target", "wait.p95@tenant:reserch<=15m")
    #expect(scope.code == 2 && scope.errors.contains("tenant:research"))
    let pool = try program.run("plan", "fleet", file, "--target", "wait.p95<=15m", "--pool", "h10=1..4")
    #expect(pool.code == 2 && pool.errors.contains("h100"))
    #expect(try program.run("plan", "fleet", file, "--target", "wait.p95<=15m", "--pool", "h100=4").code == 2)
    let twice = try program.run(
      "plan",
      "fleet",
      file,
      "--target",
      "wait.p95<=15m",
      "--pool",
      "h100=1..4",
      "--pool",
      "h100=2..3"
    )
    #expect(twice.code == 2 && twice.errors.contains("given twice"), "\(twice.errors)")
  }
}
