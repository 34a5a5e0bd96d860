/// Splits a node's free GPU thousandths by what the stated mix could do with
/// them: placeable, or stranded by one cause.
///
/// For each typical request with GPUs (weight = its count): a model that it
/// does not accept strands all; too few GPUs that fit, all, as a remainder;
/// otherwise the parts too small for it are a remainder, and the rest is
/// stranded by CPU if the node lacks CPU, else by memory if it lacks memory,
/// else placeable. Whole numbers only: thousandths x count.
struct StrandingMeasure: ~Copyable {
  /// Weighted thousandths; the sum is free thousandths x ``weight``.
  struct Levels: BitwiseCopyable, Equatable {
    var placeable: Int64 = 0
    var model: Int64 = 0
    var remainder: Int64 = 0
    var cpu: Int64 = 0
    var memory: Int64 = 0
  }
  struct Typical: BitwiseCopyable {
    var count: Int64
    var cpu: Int32
    var memory: Int32
    var gpuCount: Int32
    var size: Int32
    var models: UInt64
  }

  /// Jobs in the mix that ask for GPUs; at least 1.
  let weight: Int64
  private let typical: Column<Typical>
  private let table: SizeTable

  init(_ jobs: [TypicalJob]) {
    let withGPU = jobs.filter { $0.request.gpuCount > 0 }
    weight = max(1, withGPU.reduce(0) { $0 + $1.count })
    table = SizeTable(withGPU)
    typical = Column(
      repeating: Typical(count: 0, cpu: 0, memory: 0, gpuCount: 0, size: 0, models: 0),
      count: withGPU.count
    )
    for (i, job) in withGPU.enumerated() {
      let r = job.request
      typical[i] = Typical(
        count: job.count,
        cpu: r.cpu,
        memory: r.memory,
        gpuCount: r.gpuCount,
        size: table.position(of: r.milli),
        models: r.models
      )
    }
  }

  func levels(_ n: Int, _ cluster: borrowing ClusterState) -> Levels {
    var result = Levels()
    let all = Int64(cluster.nodes[n].gpuFreeSum)
    guard all > 0 else { return result }
    guard typical.count > 0 else {
      result.placeable = all
      return result
    }
    if cluster.isPooled { return pooledLevels(n, cluster) }
    _ = table.measure(
      cluster.gpuFree.pointer(from: n * cluster.stride),
      gpuCount: Int(cluster.nodes[n].gpuCount)
    )
    let cpu = cluster.nodes[n].cpuFree
    let memory = cluster.nodes[n].memoryFree
    let model = cluster.nodes[n].modelBit
    for t in 0..<typical.count {
      let job = typical[t]
      if job.models & model == 0 {
        result.model += job.count * all
      } else if table.devices[Int(job.size)] < job.gpuCount {
        result.remainder += job.count * all
      } else {
        let fitting = Int64(table.usable[Int(job.size)])
        result.remainder += job.count * (all - fitting)
        if cpu < job.cpu {
          result.cpu += job.count * fitting
        } else if memory < job.memory {
          result.memory += job.count * fitting
        } else {
          result.placeable += job.count * fitting
        }
      }
    }
    return result
  }

  /// The same for a pool, where a part is usable wherever it lies.
  private func pooledLevels(_ n: Int, _ cluster: borrowing ClusterState) -> Levels {
    var result = Levels()
    let node = cluster.nodes[n]
    let all = Int64(node.gpuFreeSum)
    for t in 0..<typical.count {
      let job = typical[t]
      if job.models & node.modelBit == 0 {
        result.model += job.count * all
      } else if node.gpuFreeSum < job.gpuCount * Int32(table.sizes[Int(job.size)]) {
        result.remainder += job.count * all
      } else if node.cpuFree < job.cpu {
        result.cpu += job.count * all
      } else if node.memoryFree < job.memory {
        result.memory += job.count * all
      } else {
        result.placeable += job.count * all
      }
    }
    return result
  }
}
