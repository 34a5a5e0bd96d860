// Measures the engine and what stands around it on the machine at hand, and
// prints one JSON line a row: name, ours, reference, ratio, unit.
//
//   swift run -c release EngineBenchmarks [--rounds 5] [--sources .]
//     [--data FOLDER] [--headroom PROGRAM] [--cxx g++] [--cc gcc]
//     [--only timed] [--smoke]
//
// --data (or HEADROOM_DATA) is the folder that holds `openb`; without it the
// rows that need the public trace are left out and the timed jobs have a
// small built-in mix. --headroom is the command of a release build; without
// it a small program of this package stands for it. CXX and CC in the
// environment stand in for the flags.
//
// Ends with status 1 when a result is wrong (another figure than the
// published one, another than the reference's, an allocation counter that
// does not count). Slowness never fails.
import BenchmarkSupport
import Foundation

let isSmoke = isSet("--smoke")
let rounds = max(1, Int(option("--rounds", default: isSmoke ? "1" : "5")) ?? 5)
let sources = option("--sources", default: ".")
let only = option("--only", default: "")
let openB = option("--data", "HEADROOM_DATA", default: "../../shared/data") + "/openb"
let hasTrace = FileManager.default.fileExists(atPath: openB + "/openb_pod_list_default.csv")

/// Groups whose name begins otherwise are left out.
func group(_ name: String, _ body: () throws -> Void) {
  guard name.hasPrefix(only) else { return }
  do { try body() } catch { fail("\(name): \(error)") }
}

// The child that is looked at for its memory.
if isSet("--child") {
  let jobs = Int(option("--jobs", default: "")) ?? 0
  let gpus = Int(option("--gpus", default: "")) ?? 0
  group("") {
    try PeakMemory.runAndReport(TimedWorkload(jobs: jobs, gpus: gpus, trace: hasTrace ? openB : nil))
  }
  exit(0)
}

if hasTrace {
  group("fgd") {
    let experiment = FGDExperiment(folder: openB)
    try experiment.checkDeterministicPolicies(seeds: isSmoke ? 42...42 : 42...51)
    if !isSmoke { try experiment.checkRandom(seeds: 42...51) }
    try experiment.timeProcess(
      command: option("--headroom", default: ""),
      reference: compiledReference(
        sources + "/FGD/fgd.cpp",
        compiler: option("--cxx", "CXX", default: "g++"),
        flags: ["-O3", "-std=c++17", "-ffp-contract=off"]
      ),
      rounds: isSmoke ? 2 : 3 * rounds
    )
  }
} else {
  warn("no public trace at \(openB): the fgd rows are left out, and the timed jobs have a built-in mix")
}

let fullCount = isSmoke ? 20_000 : 1_000_000
group("timed") {
  try TimedRuns(jobs: fullCount, trace: hasTrace ? openB : nil, rounds: rounds).measure(
    jobCounts: isSmoke ? [2_000, 20_000] : [10_000, 100_000, 1_000_000]
  )
}
group("gangs") {
  try GangRuns.measure(jobs: fullCount, gpus: 16_384, rounds: min(rounds, 2))
}
group("mig") {
  try MIGRuns.measure(jobs: fullCount, gpus: isSmoke ? 800 : 10_000, rounds: min(rounds, 3))
}
group("sharing") {
  try SharingRuns.measure(jobs: isSmoke ? 2_000 : 100_000, rounds: min(rounds, 3))
}
group("autonodes") {
  try AutoNodesRuns.measure(jobs: isSmoke ? 6_000 : 300_000, rounds: min(rounds, 3))
}
group("underused") {
  for nodes in isSmoke ? [2_000] : [2_000, 5_000] {
    try AutoNodesRuns.measureUnderused(
      jobs: (isSmoke ? 3 : 150) * nodes,
      nodes: nodes,
      rounds: min(rounds, 3)
    )
  }
}
group("queue") {
  try GangRuns.measureQueues(
    waiting: isSmoke ? 10_000 : 100_000,
    jobs: isSmoke ? 2_000 : 20_000,
    rounds: min(rounds, 3)
  )
}
group("money") {
  MoneyDraws.measure(draws: isSmoke ? 10_000 : 100_000, rounds: rounds)
  let command = option("--headroom", default: "")
  if !command.isEmpty { try MoneyRun(headroom: command, jobs: fullCount).measure(rounds: rounds) }
}
group("memory") {
  for gpus in [10_000, 100_000] { PeakMemory.measure(jobs: fullCount, gpus: gpus) }
}
group("allocations") {
  try Allocations.measure(jobs: isSmoke ? 200_000 : 1_000_000, trace: hasTrace ? openB : nil)
}
group("sqlite") {
  try RowsToSQLite(jobs: fullCount, trace: hasTrace ? openB : nil).measure(
    reference: compiledReference(
      sources + "/SQLite/rows.c",
      compiler: option("--cc", "CC", default: "gcc"),
      flags: ["-O3", "-std=c11", "-D_GNU_SOURCE"],
      libraries: ["-lsqlite3"]
    ),
    rounds: rounds
  )
}
