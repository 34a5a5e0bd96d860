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
  private let sizes: Column<Int16>
  /// Per size: devices that fit and the free sum on them. Working space.
  private let devices: Column<Int32>
  private let usable: Column<Int32>

  init(_ jobs: [TypicalJob]) {
    let withGPU = jobs.filter { $0.request.gpuCount > 0 }
    weight = max(1, withGPU.reduce(0) { $0 + $1.count })
    let distinct = Set(withGPU.map { Int16($0.request.milli) }).sorted()
    sizes = Column(repeating: 0, count: distinct.count)
    for (i, size) in distinct.enumerated() { sizes[i] = size }
    devices = Column(repeating: 0, count: distinct.count)
    usable = Column(repeating: 0, count: distinct.count)
    typical = Column(
      repeating: Typical(count: 0, cpu: 0, memory: 0, gpuCount: 0, size: 0, models: 0), count: withGPU.count)
    for (i, job) in withGPU.enumerated() {
      let r = job.request
      typical[i] = Typical(
        count: job.count, cpu: r.cpu, memory: r.memory, gpuCount: r.gpuCount,
        size: Int32(distinct.firstIndex(of: Int16(r.milli))!), models: r.models)
    }
  }

  func levels(_ n: Int, _ cluster: borrowing ClusterState) -> Levels {
    var result = Levels()
    let all = Int64(cluster.gpuFreeSum[n])
    guard all > 0 else { return result }
    guard typical.count > 0 else {
      result.placeable = all
      return result
    }
    measureSizes(n, cluster)
    let cpu = cluster.cpuFree[n]
    let memory = cluster.memoryFree[n]
    let model = cluster.modelBit[n]
    for t in 0..<typical.count {
      let job = typical[t]
      if job.models & model == 0 {
        result.model += job.count * all
      } else if devices[Int(job.size)] < job.gpuCount {
        result.remainder += job.count * all
      } else {
        let fitting = Int64(usable[Int(job.size)])
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

  private func measureSizes(_ n: Int, _ cluster: borrowing ClusterState) {
    let free = cluster.gpuFree.pointer(from: n * cluster.stride)
    for s in 0..<sizes.count {
      // Eight devices at a time; columns are padded with zeros, which never fit.
      var count: Int16 = 0
      var sum: Int16 = 0
      var g = 0
      while g < cluster.stride {
        let eight = UnsafeRawPointer(free + g).loadUnaligned(as: SIMD8<Int16>.self)
        let fits = eight .>= SIMD8(repeating: sizes[s])
        count += SIMD8<Int16>(repeating: 0).replacing(with: 1, where: fits).wrappedSum()
        sum += SIMD8<Int16>(repeating: 0).replacing(with: eight, where: fits).wrappedSum()
        g += 8
      }
      devices[s] = Int32(count)
      usable[s] = Int32(sum)
    }
  }
}
