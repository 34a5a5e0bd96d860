// One run of the FGD experiment on the default workload, from the public trace
// to its table: what `headroom replicate fgd` does, without the command line.
//
//   FGDRun OPENB_FOLDER POLICY SEED TABLE.csv
import Engine
import Foundation
import Studies

let arguments = CommandLine.arguments
guard arguments.count == 5, let seed = Int(arguments[3]) else {
  FileHandle.standardError.write(Data("usage: FGDRun OPENB_FOLDER POLICY SEED TABLE.csv\n".utf8))
  exit(64)
}
let (folder, policy, path) = (arguments[1], arguments[2], arguments[4])
let study = try FGDStudy(folder: folder, workload: "default")
let rows = study.rows(try Simulation.run(try study.input(policy: policy, seed: seed)))
var table = "workload,policy,seed,arrival_pct,alloc_pct,frag_rate_pct,frag_total_pct\n"
for row in rows {
  table += "default,\(policy),\(seed),\(row.arrivalPercent),\(row.allocationPercent),"
  table += "\(row.fragmentationRatePercent),\(row.fragmentationTotalPercent)\n"
}
try table.write(toFile: path, atomically: false, encoding: .utf8)
