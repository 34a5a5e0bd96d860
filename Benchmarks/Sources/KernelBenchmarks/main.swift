// Measures the kernel against C++ and SimPy on the machine at hand, and prints
// one JSON line a row: name, ours, reference, ratio, unit. Rates are of CPU
// time, the best of several runs, ours and the reference's in turn.
//
//   swift run -c release KernelBenchmarks [--rounds 5] [--sources Kernel]
//     [--cxx g++] [--python python3] [--only hold]
//
// CXX and PYTHON in the environment stand in for the flags. Without a
// compiler or SimPy the reference is null and a message says why.
import Glibc

func option(_ flag: String, _ variable: String?, default fallback: String) -> String {
  let arguments = CommandLine.arguments
  if let place = arguments.firstIndex(of: flag), place + 1 < arguments.count { return arguments[place + 1] }
  if let variable, let value = getenv(variable) { return String(cString: value) }
  return fallback
}

func printRow(_ name: String, ours: Double, reference: Double?, unit: String) {
  let ratio = reference.map { "\(ours / $0)" } ?? "null"
  let other = reference.map { "\($0)" } ?? "null"
  print(
    "{\"name\":\"\(name)\",\"ours\":\(ours),\"reference\":\(other),\"ratio\":\(ratio),\"unit\":\"\(unit)\"}"
  )
  fflush(nil)
}

func warn(_ text: String) {
  let line = text + "\n"
  _ = line.withCString { write(STDERR_FILENO, $0, line.utf8.count) }
}

/// Runs ours and the reference in turn and prints the best of each.
func compare(
  _ name: String,
  unit: String,
  rounds: Int,
  reference: Reference?,
  checksAgree: Bool,
  ours: () -> Measurement
) {
  guard name.hasPrefix(only) else { return }
  var best: Measurement?
  var bestReference: Double?
  for _ in 0..<rounds {
    if let words = reference?.run(), words.count == 2, let rate = Double(words[0]) {
      bestReference = max(bestReference ?? 0, rate)
      let measurement = ours()
      if checksAgree && words[1].drop(while: { $0 == "0" }) != measurement.check {
        warn("\(name): the reference popped other events: \(words[1]) against \(measurement.check)")
        exit(1)
      }
      if measurement.rate > best?.rate ?? 0 { best = measurement }
    } else {
      let measurement = ours()
      if measurement.rate > best?.rate ?? 0 { best = measurement }
    }
  }
  guard let best else { return }
  printRow(name, ours: best.rate, reference: bestReference, unit: unit)
  printRow(name + ".allocations", ours: Double(best.allocations), reference: nil, unit: "blocks")
  if !checksAgree { warn("\(name): check value \(best.check)") }
}

let rounds = Int(option("--rounds", nil, default: "5")) ?? 5
let sources = option("--sources", nil, default: "Kernel")
let compiler = option("--cxx", "CXX", default: "g++")
let python = option("--python", "PYTHON", default: "python3")

/// Rows whose name begins otherwise are left out.
let only = option("--only", nil, default: "")

let control = allocateOnPurpose(events: 10_000)
printRow("control.allocations", ours: Double(control), reference: nil, unit: "blocks")
if control < 10_000 {
  warn("the allocation counter does not count: its readings below mean nothing")
  exit(1)
}

let scratch = try makeScratchFolder()
let program = scratch.path + "/hold"
let compile = Reference(
  executable: compiler,
  arguments: ["-O3", "-std=c++17", sources + "/hold.cpp", "-o", program]
)
let isCompiled = compile.run() != nil

for pending in [1_000, 100_000, 1_000_000] {
  let events = 4_000_000
  compare(
    "hold.\(pending)",
    unit: "events/s",
    rounds: rounds,
    reference: isCompiled ? Reference(executable: program, arguments: ["\(pending)", "\(events)"]) : nil,
    checksAgree: true
  ) { hold(pending: pending, events: events) }
}
compare(
  "mm10",
  unit: "customers/s",
  rounds: rounds,
  reference: Reference(executable: python, arguments: [sources + "/mm10_simpy.py", "100000"]),
  checksAgree: false
) { multiServerQueue(customers: 1_000_000) }
remove(scratch)
