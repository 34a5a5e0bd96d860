import Engine
import Hardware
import Workload

/// What one worker of a job asks, read from the input by the reference's own
/// rules.
struct ReferenceRequest: Hashable {
  var cpu: Int
  var memory: Int
  var count: Int
  /// Taken from each GPU, and asked of each GPU.
  var milli: Int
  var asked: Int
  /// Accepted positions in the fleet's list of models; nil: any.
  var models: Set<Int>?
  /// Workers of the job, and where they may lie.
  var workers: Int
  var wish: PlacementWish
  /// A node's GPUs are one divisible amount.
  var isPooled: Bool
  var constraints: JobConstraints
  /// Only these nodes are tried at the moment; nil: all.
  var allowed: Set<Int>?

  var taken: Int { count * milli }
  var takenByAll: Int { taken * workers }
  var askedByAll: Int { count * asked * workers }
  var isPart: Bool { count == 1 && milli < 1000 && !isPooled }

  init(_ shape: JobShape, _ input: SimulationInput) {
    cpu = Int(shape.cpuMilli)
    memory = Int(shape.memoryMiB)
    count = Int(shape.gpuCount)
    asked = Int(shape.milliGPUPerDevice)
    milli = input.sharing == .wholeGPU && count > 0 ? 1000 : asked
    workers = Int(shape.workers)
    wish = shape.wish
    isPooled = input.sharing == .pooled
    constraints = input.jobs.constraints[Int(shape.constraints.rawValue)]
    let names = input.jobs.modelSets[Int(shape.models.rawValue)].split(separator: "|").map(String.init)
    models =
      names.isEmpty
      ? nil : Set(input.fleet.gpuModels.indices.filter { names.contains(input.fleet.gpuModels[$0]) })
  }

  /// So many workers on one node as one request. For scores that count
  /// requests one by one (kube-scheduler's defaults for jobs that name no CPU
  /// or memory, kinds of jobs) they are one, as in the engine.
  func merged(_ n: Int) -> ReferenceRequest {
    var all = self
    all.cpu *= n
    all.memory *= n
    all.count *= n
    all.workers = 1
    return all
  }
}

extension ReferenceRequest {
  /// The same on GPUs of every model.
  var ofAnyModel: ReferenceRequest {
    var any = self
    any.models = nil
    return any
  }

  /// The same on nodes with any labels and taints, beside any other jobs.
  var unconstrained: ReferenceRequest {
    var any = self
    any.constraints = JobConstraints()
    any.constraints.tolerations = [Toleration(key: nil, value: nil)]
    return any
  }
}

/// A node of the reference simulator: plain arrays, nothing kept that can be
/// computed.
struct ReferenceNode {
  enum Condition { case up, absent, fault, maintenance, draining }
  var condition = Condition.up
  var cpuTotal: Int
  var memoryTotal: Int
  let model: Int?
  let modelName: String?
  let number: Int
  let labels: [String: String]
  let taints: [NodeTaint]
  /// Free thousandths of each GPU; of all together where they are pooled.
  var free: [Int]
  var gpuCapacity: Int
  /// Jobs on it with what they took, in the order of their starts.
  var residents: [(job: Int, request: ReferenceRequest, gpus: [Int])] = []

  init(_ fleet: Fleet, _ n: Int, isPooled: Bool = false) {
    let spec = fleet.nodes[n]
    number = n
    modelName = spec.gpuModel.map { fleet.gpuModels[Int($0.rawValue)] }
    labels = Dictionary(uniqueKeysWithValues: spec.labels.map { ($0.key, $0.value) })
    taints = spec.taints
    cpuTotal = Int(spec.cpuMilli)
    memoryTotal = Int(spec.memoryMiB)
    model = spec.gpuModel.map { Int($0.rawValue) }
    gpuCapacity = 1000 * spec.gpuCount
    free = isPooled ? [gpuCapacity] : Array(repeating: 1000, count: spec.gpuCount)
  }

  var cpuFree: Int { residents.reduce(cpuTotal) { $0 - $1.request.cpu } }
  var memoryFree: Int { residents.reduce(memoryTotal) { $0 - $1.request.memory } }
  var gpuFree: Int { free.reduce(0, +) }

  func hasModel(_ r: ReferenceRequest) -> Bool {
    r.count == 0 || r.models == nil || model.map { r.models!.contains($0) } ?? false
  }
  /// Whatever it prefers at the moment.
  func acceptsAnywhere(_ r: ReferenceRequest) -> Bool { hasModel(r) && admits(r.constraints) }
  func accepts(_ r: ReferenceRequest) -> Bool {
    acceptsAnywhere(r) && (r.allowed?.contains(number) ?? true)
  }
  func hasGPUs(_ r: ReferenceRequest) -> Bool {
    if r.count == 0 { return true }
    return r.isPooled ? gpuFree >= r.taken : free.filter { $0 >= r.milli }.count >= r.count
  }

  func fits(_ r: ReferenceRequest) -> Bool {
    condition == .up && cpuFree >= r.cpu && memoryFree >= r.memory && accepts(r) && hasGPUs(r)
  }

  mutating func take(_ job: Int, _ r: ReferenceRequest, gpus: [Int]) {
    if r.isPooled { free[0] -= r.taken } else { for g in gpus { free[g] -= r.milli } }
    residents.append((job, r, gpus))
  }

  /// Everything that the job holds here.
  mutating func giveBack(_ job: Int) {
    for held in residents where held.job == job {
      if held.request.isPooled { free[0] += held.request.taken }
      for g in held.gpus { free[g] += held.request.milli }
    }
    residents.removeAll { $0.job == job }
  }

  /// How many workers fit beside what is there, one after the other.
  func room(_ worker: ReferenceRequest) -> Int {
    var copy = self
    var count = 0
    while count < worker.workers, copy.fits(worker) {
      copy.take(-1, worker, gpus: copy.usualGPUs(worker))
      count += 1
    }
    return count
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
    if r.count == 0 || r.isPooled { return [] }
    if !r.isPart { return Array(free.indices.filter { free[$0] == 1000 }.prefix(r.count)) }
    return [free.indices.filter { free[$0] >= r.milli }.min { (free[$0], $0) < (free[$1], $1) }!]
  }
}
