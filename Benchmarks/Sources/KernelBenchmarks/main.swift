// Measures the kernel against C++ and SimPy on the machine at hand, and prints
// one JSON line a row: name, ours, reference, ratio, unit. Rates are of CPU
// time, the best of several runs, ours and the reference's in turn.
//
//   swift run -c release KernelBenchmarks [--rounds 5] [--sources Kernel]
//     [--cxx g++] [--python python3] [--only hold] [--smoke]
//
// CXX and PYTHON in the environment stand in for the flags. Without a
// compiler or SimPy the reference is null and a message says why. A smoke run
// is short: its figures say only that everything works.
import BenchmarkSupport

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
        fail("\(name): the reference popped other events: \(words[1]) against \(measurement.check)")
      }
      if measurement.rate > best?.rate ?? 0 { best = measurement }
    } else {
      let measurement = ours()
      if measurement.rate > best?.rate ?? 0 { best = measurement }
    }
  }
  guard let best else { return }
  printRow(name, ours: best.rate, reference: bestReference, unit: unit)
  printRow(name + ".allocations", ours: Double(best.allocations), unit: "blocks")
  if !checksAgree { warn("\(name): check value \(best.check)") }
}

let isSmoke = isSet("--smoke")
let rounds = Int(option("--rounds", default: isSmoke ? "1" : "5")) ?? 5
let sources = option("--sources", default: "Kernel")
let compiler = option("--cxx", "CXX", default: "g++")
let python = option("--python", "PYTHON", default: "python3")

/// Rows whose name begins otherwise are left out.
let only = option("--only", default: "")

let control = allocateOnPurpose(events: 10_000)
printRow("control.allocations", ours: Double(control), unit: "blocks")
if control < 10_000 {
  fail("the allocation counter does not count: its readings below mean nothing")
}

let holdReference = compiledReference(sources + "/hold.cpp", compiler: compiler, flags: ["-O3", "-std=c++17"])
for pending in isSmoke ? [1_000, 100_000] : [1_000, 100_000, 1_000_000] {
  let events = isSmoke ? 400_000 : 4_000_000
  compare(
    "hold.\(pending)",
    unit: "events/s",
    rounds: rounds,
    reference: holdReference.map { Reference(executable: $0, arguments: ["\(pending)", "\(events)"]) },
    checksAgree: true
  ) { hold(pending: pending, events: events) }
}
compare(
  "mm10",
  unit: "customers/s",
  rounds: rounds,
  reference: Reference(
    executable: python,
    arguments: [sources + "/mm10_simpy.py", isSmoke ? "20000" : "100000"]
  ),
  checksAgree: false
) { multiServerQueue(customers: isSmoke ? 200_000 : 1_000_000) }
