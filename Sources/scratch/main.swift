import Engine
import Studies
import Workload
import Hardware
import SimulationKernel
import Outcome
import Glibc
let args = CommandLine.arguments
func cpu() -> Double { var t = timespec(); clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return Double(t.tv_sec) + Double(t.tv_nsec) / 1e9 }
let list = try OpenBPodReader.read(path: args[1] + "/openb_pod_list_default.csv")
let nodes = Int(args[2])!, jobsN = Int(args[3])!, policy = args[4]
var fleet = Fleet()
let m = fleet.intern(gpuModel: "H100")!
for i in 0..<nodes { fleet.nodes.append(NodeSpec(name: "n\(i)", cpuMilli: 192000, memoryMiB: 2097152, gpuCount: 8, gpuModel: m)) }
var jobs = JobTable(); jobs.tenants = ["a"]; jobs.classes = ["c"]
var ids: [JobShape: Int] = [:]
var podShape: [ShapeID] = []
var total: Int64 = 0
for p in list.pods { let s = JobShape(cpuMilli: p.cpuMilli, memoryMiB: p.memoryMiB, gpuCount: p.gpuCount, milliGPUPerDevice: p.milliGPUPerDevice)
  if ids[s] == nil { ids[s] = jobs.shapes.count; jobs.shapes.append(s) }
  podShape.append(ShapeID(rawValue: Int32(ids[s]!))); total += s.milliGPU }
let meanMilli = Double(total) / Double(list.pods.count)
let rate = 0.95 * Double(nodes * 8000) / (meanMilli * 3600)
var t = 0.0
var rng = RandomStream(seed: 1, stream: "x")
for _ in 0..<jobsN {
  t += -log(rng.nextUniform()) / rate
  jobs.arrival.append(SimTime(seconds: t)!)
  jobs.duration.append(max(.tick, SimDuration(seconds: -3600 * log(rng.nextUniform()))!))
  jobs.shape.append(podShape[Int(rng.nextBelow(UInt64(podShape.count)))])
}
jobs.tenant = Array(repeating: TenantID(rawValue: 0), count: jobsN)
jobs.jobClass = Array(repeating: JobClassID(rawValue: 0), count: jobsN)
jobs.priority = Array(repeating: 0, count: jobsN); jobs.busyMilli = Array(repeating: 1000, count: jobsN); jobs.kind = Array(repeating: .batch, count: jobsN)
var input = SimulationInput(fleet: fleet, jobs: jobs, seed: 1, placement: PlacementSpec(scores: [ScoreSpec(policy: policy)], tieBreak: .name))
input.queue = .fifo(headOfLineBlocking: args.count < 6 || args[5] == "hol")
let c0 = cpu()
let out = try Simulation.run(input)
let c1 = cpu()
var waited = 0; for j in 0..<jobsN where out.jobs.startNanoseconds[j] > jobs.arrival[j].nanoseconds { waited += 1 }
print(nodes * 8, jobsN, policy, "cpu", c1 - c0, "events", out.eventCount, "waited", waited, "alloc", Double(out.ledger.allocated) / Double(out.ledger.capacity), String(out.fingerprint, radix: 16))
var causes = [Int](repeating: 0, count: 7); for c in out.jobs.cause { causes[Int(c.rawValue)] += 1 }; print(causes)
