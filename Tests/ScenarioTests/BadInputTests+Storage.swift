/// Wrong images, tiers and bandwidths.
extension BadInputTests {
  static let storage = [
    storage("storage-image-without-registry", "{}", "image: {size: 20GB}"),
    storage("storage-read-without-tier", "{}", "read: {size: 20GB, from: hot}"),
    storage(
      "storage-tier-unknown",
      "{tiers: {name: hot, bandwidth: 1GB/s}}",
      "read: {size: 20GB, from: hut}"
    ),
    storage(
      "storage-image-above-cache",
      "{registry: {bandwidth: 1GB/s}, cache: 10GB}",
      "image: {size: 20GB}"
    ),
    storage("storage-image-of-nothing", "{registry: {bandwidth: 1GB/s}}", "image: {size: 0GB}"),
    storage("storage-bandwidth-of-nothing", "{registry: {bandwidth: 0GB/s}}", "image: {size: 20GB}"),
    storage(
      "storage-with-time-limit",
      "{registry: {bandwidth: 1GB/s}}",
      "timeLimit: 1h, image: {size: 20GB}"
    ),
    replacing("storage-missing", "duration: {lognormal", "image: {size: 1GB}\n      duration: {lognormal"),
    storage(
      "storage-preloaded-unknown",
      "{registry: {bandwidth: 1GB/s}, preloaded: [trian]}",
      "image: {size: 20GB}"
    ),
    storage(
      "storage-preloaded-above-cache",
      "{registry: {bandwidth: 1GB/s}, preloaded: [train, b], cache: 30GB}",
      "image: {size: 31GB}"
    ),
    storage(
      "storage-checkpoint-without-tier",
      "{tiers: {name: hot, bandwidth: 1GB/s}}",
      "checkpoint: {interval: 30m, size: 20GB}"
    ),
    storage(
      "storage-checkpoint-of-two",
      "{tiers: {name: hot, bandwidth: 1GB/s}}",
      "checkpoint: {interval: 30m, write: 1m, size: 20GB, to: hot}"
    ),
    storage(
      "storage-checkpoint-in-background",
      "{tiers: {name: hot, bandwidth: 1GB/s}}",
      "checkpoint: {interval: 30m, write: 1m, background: true}"
    ),
    storage(
      "storage-checkpoint-tier-unknown",
      "{tiers: {name: hot, bandwidth: 1GB/s}}",
      "checkpoint: {interval: 30m, size: 0GB, to: hut}"
    ),
    storage(
      "storage-checkpoint-with-time-limit",
      "{tiers: {name: hot, bandwidth: 1GB/s}}",
      "timeLimit: 1h, checkpoint: {interval: 30m, size: 20GB, to: hot}"
    ),
    replacing(
      "storage-checkpoint-missing",
      "duration: {lognormal",
      "checkpoint: {interval: 30m, size: 20GB, to: hot}\n      duration: {lognormal"
    ),
    Case(
      name: "storage-and-cold-start",
      text: Sample.changing(
        "maxReplicas: 20",
        to: "maxReplicas: 20, coldStart: {pull: 1m, cached: 50%, weights: 10s}"
      ).replacing(
        "demand: {gpus: 0.25",
        with: "image: {size: 1GB}\n      read: {size: 1GB, from: hot}\n      demand: {gpus: 0.25"
      )
        + "storage: {registry: {bandwidth: 1GB/s}, tiers: {name: hot, bandwidth: 1GB/s}}\n"
    ),
  ]

  /// The sample with this section `storage` and these keys of its class.
  private static func storage(_ name: String, _ text: String, _ keys: String) -> Case {
    let lines = keys.replacing("1h, ", with: "1h\n      ")
    let sample = Sample.changing("duration: {lognormal", to: "\(lines)\n      duration: {lognormal")
    let queue = "policy: {queue: {order: fifo, headOfLineBlocking: false}}\n"
    return Case(name: name, text: sample + "storage: \(text)\n" + queue)
  }
}
