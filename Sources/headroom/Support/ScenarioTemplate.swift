/// The scenario that `init` writes.
struct ScenarioTemplate {
  var name = "my-cluster"
  var gpu = "h100-80gb-sxm"
  var nodes = 16
  var gpusPerNode = 8
  var tenants = ["research", "product"]
  var load = "85%"
  var horizon = "2w"
  var policy = "best-fit"

  /// Host resources that go with one GPU: vCPUs and GiB.
  private static let cpuPerGPU = 24
  private static let memoryPerGPU = 256

  /// Fewer than one GPU, one, and the largest power of two that a node holds.
  private var sizes: [(weight: Int, gpus: String, cpu: Int, memory: Int)] {
    var sizes = [(30, "0.25", 4, 32), (50, "1", 16, 160)]
    var gpus = 2
    while gpus <= gpusPerNode {
      sizes.append((20 / gpus + 2, "\(gpus)", 16 * gpus, 160 * gpus))
      gpus *= 2
    }
    return sizes
  }

  /// The file's text.
  var text: String {
    let owners = tenants.map { "{name: \($0), weight: 1}" }.joined(separator: ", ")
    let demand = sizes.map {
      "        - {weight: \($0.weight), gpus: \($0.gpus), cpu: \($0.cpu), memory: \($0.memory)GiB}\n"
    }.joined()
    return """
      # Made by `headroom init`. Every value can be overridden for one run:
      #
      #   headroom run FILE --set fleet.nodes.main.count=20 --set policy.placement=fgd
      #
      # `headroom validate FILE --resolved` shows what is not said here.
      version: 1
      name: \(name)
      question: How full does this cluster get, and how long do jobs wait?

      # The same seed gives the same jobs, whatever the policy.
      seed: 42
      # Simulated time; figures are taken after the warm-up.
      horizon: \(horizon)
      warmup: 1d

      # The machines. More pools may follow: each is one line.
      fleet:
        nodes:
          - {name: main, count: \(nodes), gpu: \(gpu), gpusPerNode: \(gpusPerNode), cpu: \
      \(gpusPerNode * Self.cpuPerGPU), memory: \(gpusPerNode * Self.memoryPerGPU)GiB}

      # The jobs: classes that differ in what they ask for, how long and how often.
      workload:
        classes:
          - name: train
            # Who submits them, by weight.
            tenants: [\(owners)]
            # Share of all GPUs that this class asks for on average.
            load: \(load)
            arrivals: poisson
            # What one job asks for, by weight. Parts of a GPU may be shared.
            demand:
      \(demand)\
            duration: {lognormal: {median: 1h, sigma: 1.2}}
            shortest: 1m
            longest: 2d
            # Share of its GPU time that a job keeps busy.
            busy: 80%

      # How jobs are queued and placed. `headroom run FILE --policy a --policy b` compares.
      policy:
        placement: \(policy)
        queue: {order: fifo, headOfLineBlocking: true}

      """
  }
}
