import Engine
import Hardware
import Workload

/// What a job asks, read from the input by the reference's own rules.
struct ReferenceRequest: Hashable {
  var cpu: Int
  var memory: Int
  var count: Int
  /// Taken from each GPU, and asked of each GPU.
  var milli: Int
  var asked: Int
  /// Accepted positions in the fleet's list of models; nil: any.
  var models: Set<Int>?

  var taken: Int { count * milli }
  var isPart: Bool { count == 1 && milli < 1000 }

  init(_ shape: JobShape, _ input: SimulationInput) {
    cpu = Int(shape.cpuMilli)
    memory = Int(shape.memoryMiB)
    count = Int(shape.gpuCount)
    asked = Int(shape.milliGPUPerDevice)
    milli = input.sharing == .wholeGPU && count > 0 ? 1000 : asked
    let names = input.jobs.modelSets[Int(shape.models.rawValue)].split(separator: "|").map(String.init)
    models =
      names.isEmpty
      ? nil : Set(input.fleet.gpuModels.indices.filter { names.contains(input.fleet.gpuModels[$0]) })
  }
}

/// A node of the reference simulator: plain arrays, nothing kept that can be
/// computed.
struct ReferenceNode {
  enum Condition { case up, absent, fault, maintenance, draining }
  var condition = Condition.up
  let cpuTotal: Int
  let memoryTotal: Int
  let model: Int?
  var free: [Int]
  /// Jobs on it with what they took, in the order of their starts.
  var residents: [(job: Int, request: ReferenceRequest, gpus: [Int])] = []

  init(_ spec: NodeSpec) {
    cpuTotal = Int(spec.cpuMilli)
    memoryTotal = Int(spec.memoryMiB)
    model = spec.gpuModel.map { Int($0.rawValue) }
    free = Array(repeating: 1000, count: spec.gpuCount)
  }

  var cpuFree: Int { residents.reduce(cpuTotal) { $0 - $1.request.cpu } }
  var memoryFree: Int { residents.reduce(memoryTotal) { $0 - $1.request.memory } }
  var gpuFree: Int { free.reduce(0, +) }
  var gpuCapacity: Int { free.count * 1000 }

  func accepts(_ r: ReferenceRequest) -> Bool {
    r.count == 0 || r.models == nil || model.map { r.models!.contains($0) } ?? false
  }
  func hasGPUs(_ r: ReferenceRequest) -> Bool {
    r.count == 0 || free.filter { $0 >= r.milli }.count >= r.count
  }

  func fits(_ r: ReferenceRequest) -> Bool {
    condition == .up && cpuFree >= r.cpu && memoryFree >= r.memory && accepts(r) && hasGPUs(r)
  }

  mutating func take(_ job: Int, _ r: ReferenceRequest, gpus: [Int]) {
    for g in gpus { free[g] -= r.milli }
    residents.append((job, r, gpus))
  }

  mutating func giveBack(_ job: Int) {
    let at = residents.firstIndex { $0.job == job }!
    for g in residents[at].gpus { free[g] += residents[at].request.milli }
    residents.remove(at: at)
  }

  /// The node as it would be with the job on it.
  func with(_ r: ReferenceRequest, gpus: [Int]) -> ReferenceNode {
    var copy = self
    copy.take(-1, r, gpus: gpus)
    return copy
  }

  /// The GPUs that most policies take: whole ones by index, a part from the
  /// one with the least that fits.
  func usualGPUs(_ r: ReferenceRequest) -> [Int] {
    if r.count == 0 { return [] }
    if !r.isPart { return Array(free.indices.filter { free[$0] == 1000 }.prefix(r.count)) }
    return [free.indices.filter { free[$0] >= r.milli }.min { (free[$0], $0) < (free[$1], $1) }!]
  }
}
