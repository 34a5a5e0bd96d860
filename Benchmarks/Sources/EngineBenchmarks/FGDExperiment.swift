import BenchmarkSupport
import Engine
import Foundation
import Studies

/// The published filling experiment: its figures, and the time of one run.
struct FGDExperiment {
  /// The openb folder.
  let folder: String

  /// Random at 100 % arrival, mean of the published ten seeds, % allocated.
  private static let publishedRandomMean = 86.30
  /// How far the mean of ours may lie from it: the two draw from different
  /// generators.
  private static let randomTolerance = 0.5

  private func rowAtFullArrival(_ study: FGDStudy, _ policy: String, _ seed: Int) throws -> FGDTableRow {
    let rows = study.rows(try Simulation.run(try study.input(policy: policy, seed: seed)))
    guard let row = rows.first(where: { $0.arrivalPercent == 100 }) else { fail("fgd: no row at 100 %") }
    return row
  }

  /// Compares every printed figure of `expected/default_at_100.csv`.
  func checkDeterministicPolicies(seeds: ClosedRange<Int>) throws {
    let study = try FGDStudy(folder: folder, workload: "default")
    var (cells, equal) = (0, 0)
    for row in try Table(path: folder + "/expected/default_at_100.csv").rows {
      let (policy, seed) = (row["policy"] ?? "", Int(row["seed"] ?? "") ?? -1)
      guard policy != "Random", seeds.contains(seed) else { continue }
      let ours = try rowAtFullArrival(study, policy, seed)
      let unallocated = (100 - ours.allocationPercent) / 100 * Double(study.fleet.gpuCount)
      let printed = [
        "alloc_pct": Table.printed(ours.allocationPercent, decimals: 2),
        "frag_rate_pct": Table.printed(ours.fragmentationRatePercent, decimals: 4),
        "frag_total_pct": Table.printed(ours.fragmentationTotalPercent, decimals: 2),
        "unalloc_gpus": Table.printed(unallocated, decimals: 1),
      ]
      for (column, text) in printed.sorted(by: { $0.key < $1.key }) {
        cells += 1
        if row[column] == text {
          equal += 1
        } else {
          warn("fgd: \(policy), seed \(seed), \(column): published \(row[column] ?? "nothing"), ours \(text)")
        }
      }
    }
    printRow("fgd.cells", ours: Double(equal), reference: Double(cells), unit: "equal figures")
    if cells == 0 || equal < cells { fail("fgd: \(cells - equal) of \(cells) figures differ from the published ones") }
  }

  /// The policy that can only be matched in distribution.
  func checkRandom(seeds: ClosedRange<Int>) throws {
    let study = try FGDStudy(folder: folder, workload: "default")
    let values = try seeds.map { try rowAtFullArrival(study, "Random", $0).allocationPercent }
    let mean = values.reduce(0, +) / Double(values.count)
    printRow("fgd.random", ours: mean, reference: Self.publishedRandomMean, unit: "% allocated")
    let difference = abs(mean - Self.publishedRandomMean)
    printRow("fgd.random.difference", ours: difference, unit: "points")
    if difference > Self.randomTolerance { fail("fgd: Random is \(difference) points off the published mean") }
  }

  /// CPU time of a whole process, start-up and files included, ours and the
  /// reference's in turn; both must write the same table.
  func timeProcess(command: String, reference: String?, rounds: Int) throws {
    let scratch = try makeScratchFolder()
    defer { remove(scratch) }
    let (ourTable, theirTable) = (scratch.path + "/ours.csv", scratch.path + "/theirs.csv")
    let ours = process(command: command, table: ourTable)
    let theirs = reference.map { Reference(executable: $0, arguments: [folder, "42", theirTable]) }
    var (ourSeconds, theirSeconds): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      guard let finished = ours.finish() else { fail("fgd: our process failed") }
      ourSeconds.append(finished.cpuSeconds)
      if let finished = theirs?.finish() { theirSeconds.append(finished.cpuSeconds) }
    }
    if !theirSeconds.isEmpty { try compare(ourTable, theirTable) }
    printRow("fgd.process", ours: median(ourSeconds), reference: median(theirSeconds), unit: "CPU s")
    printRow("fgd.process.best", ours: ourSeconds.min() ?? .nan, reference: theirSeconds.min(), unit: "CPU s")
  }

  private func process(command: String, table: String) -> Reference {
    if !command.isEmpty, FileManager.default.isExecutableFile(atPath: command) {
      let replicate = Reference(
        executable: command,
        arguments: [
          "replicate", "fgd", "--data", folder, "--workloads", "default", "--policies", "FGD", "--seeds", "42", "--csv",
          table,
        ]
      )
      if replicate.finish() != nil { return replicate }
    }
    warn("fgd.process: no headroom command that replicates; the program FGDRun stands for it")
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return Reference(
      executable: beside.appendingPathComponent("FGDRun").path,
      arguments: [folder, "FGD", "42", table]
    )
  }

  /// Every row from 0 to 130 % to the digits that the study prints.
  private func compare(_ ourTable: String, _ theirTable: String) throws {
    let decimals = ["alloc_pct": 2, "frag_rate_pct": 4, "frag_total_pct": 2]
    let (ours, theirs) = (try Table(path: ourTable).rows, try Table(path: theirTable).rows)
    var differences = abs(ours.count - theirs.count)
    for (our, their) in zip(ours, theirs) {
      if our["arrival_pct"] != their["arrival_pct"] { differences += 1 }
      for (column, digits) in decimals {
        let values = [our, their].map { Double($0[column] ?? "").map { Table.printed($0, decimals: digits) } }
        if values[0] == nil || values[0] != values[1] { differences += 1 }
      }
    }
    if differences > 0 || theirs.count != 131 {
      fail("fgd: ours and the reference's tables differ in \(differences) places")
    }
  }

  private func median(_ values: [Double]) -> Double { median(values) ?? .nan }

  private func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// A small CSV file without quotes, by column name.
struct Table {
  let rows: [[String: String]]

  init(path: String) throws {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline)
    let header = (lines.first ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    rows = lines.dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Dictionary(zip(header, fields), uniquingKeysWith: { first, _ in first })
    }
  }

  /// A number as the study's tables spell it: rounded, without trailing zeros
  /// but with one decimal at least.
  static func printed(_ value: Double, decimals: Int) -> String {
    var text = String(format: "%.\(decimals)f", value)
    while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
    return text
  }
}
