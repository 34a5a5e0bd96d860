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
    Case(
      name: "storage-of-a-service",
      text: Sample.changing("demand: {gpus: 0.25", to: "image: {size: 1GB}\n      demand: {gpus: 0.25")
        + "storage: {registry: {bandwidth: 1GB/s}}\n"
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
