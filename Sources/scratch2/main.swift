import Engine
import Studies
let args = CommandLine.arguments
let study = try FGDStudy(folder: args[1], workload: args[2])
for policy in args[3].split(separator: ",").map(String.init) {
  for seed in args[4].split(separator: ",").map({ Int($0)! }) {
    let out = try Simulation.run(study.input(policy: policy, seed: seed))
    let row = study.rows(out)[100]
    print(policy, seed, row.allocationPercent, row.fragmentationRatePercent, row.fragmentationTotalPercent, out.eventCount, out.snapshot.fgdMilliGPU)
  }
}
