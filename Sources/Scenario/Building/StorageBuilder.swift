import Engine
import SimulationKernel
import Workload

/// Makes `storage` with what classes say beside it.
enum StorageBuilder {
  /// What `storage` says by itself; nil: it is not there, or wrong.
  static func bandwidths(_ storage: Decoded?, into diagnostics: inout DiagnosticList) -> StorageSpec? {
    guard let storage, storage.isSound else { return nil }
    let before = diagnostics.found.count
    var result = StorageSpec()
    result.registry = storage["registry"].map { link($0, "registry", most: "perNode", &diagnostics) }
    result.unpackBytesPerSecond = storage["unpack"].map { bounded($0, &diagnostics) }
    result.cacheBytes = storage["cache"]?.integer
    for tier in storage["tiers"]?.elements ?? [] {
      guard let name = tier["name"] else { continue }
      if result.tiers.contains(where: { $0.name == name.text }) {
        diagnostics.add(name.origin, name.keyPath, "duplicated tier; found '\(name.text)'")
      }
      result.tiers.append(link(tier, name.text, most: "perRun", &diagnostics))
    }
    return diagnostics.found.count == before ? result : nil
  }

  /// Adds what classes say to the bandwidths; nil: nothing is fetched or
  /// written, or something is wrong.
  static func build(
    _ storage: Decoded?,
    _ bandwidths: StorageSpec?,
    _ workload: Decoded?,
    into diagnostics: inout DiagnosticList
  ) -> StorageSpec? {
    let classes = workload?["classes"]?.elements.filter(\.isSound) ?? []
    refuseStages(of: workload, &diagnostics)
    guard storage != nil else {
      for value in classes.lazy.compactMap({ $0["image"] ?? $0["read"] ?? $0["checkpoint"]?["size"] }).prefix(
        1
      ) {
        diagnostics.add(
          value.origin,
          value.keyPath,
          "has no effect: nothing says how fast it is fetched or written",
          hint: "state storage.registry for images, storage.tiers for what is read and for checkpoints"
        )
      }
      return nil
    }
    guard var result = bandwidths else { return nil }
    let before = diagnostics.found.count
    var sizes: [String: Int64] = [:]
    for node in classes {
      guard let name = node["name"]?.text else { continue }
      var terms = StorageSpec.ClassTerms()
      let checkpoint = node["checkpoint"].flatMap { $0.isSound ? $0 : nil }
      for value in [node["image"], node["read"], checkpoint?["size"]].compactMap({ $0 })
      where node["timeLimit"] != nil {
        diagnostics.add(
          value.origin,
          value.keyPath,
          "does not go with a timeLimit",
          hint: "remove one of the two"
        )
      }
      if let image = node["image"] { terms.image = self.image(image, name, result, &sizes, &diagnostics) }
      if let read = node["read"], let size = read["size"], let from = read["from"] {
        terms.readBytes = bounded(size, &diagnostics)
        terms.tier = tier(from, result, &diagnostics)
      }
      if let checkpoint, let size = checkpoint["size"], let to = checkpoint["to"] {
        terms.checkpointBytes = bounded(size, &diagnostics)
        terms.checkpointTier = tier(to, result, &diagnostics)
        terms.writesInBackground = checkpoint["background"]?.boolean ?? false
        if terms.checkpointBytes == 0 {
          diagnostics.add(
            size.origin,
            size.keyPath,
            "a checkpoint has a size above 0",
            hint: "or state write: 0s"
          )
        }
      }
      if terms != StorageSpec.ClassTerms() { result.classes[name] = terms }
    }
    result.preloaded = preloaded(storage!, sizes, result, &diagnostics)
    return diagnostics.found.count == before ? result : nil
  }

  /// The images that nodes hold from the start.
  private static func preloaded(
    _ storage: Decoded,
    _ sizes: [String: Int64],
    _ result: StorageSpec,
    _ diagnostics: inout DiagnosticList
  ) -> [String] {
    var names: [String] = []
    for name in storage["preloaded"]?.elements ?? [] {
      if names.contains(name.text) {
        diagnostics.add(name.origin, name.keyPath, "named twice; found '\(name.text)'")
      } else if sizes[name.text] == nil {
        diagnostics.add(
          name.origin,
          name.keyPath,
          "no class has such an image; found '\(name.text)'",
          hint: Hint.didYouMean(name.text, among: sizes.keys.sorted())
        )
      }
      names.append(name.text)
    }
    let sum = names.reduce(Int64(0)) { $0 + (sizes[$1] ?? 0) }
    if let cache = result.cacheBytes, sum > cache, let node = storage["preloaded"] {
      diagnostics.add(node.origin, node.keyPath, "is more than storage.cache takes")
    }
    return names
  }

  private static func tier(
    _ name: Decoded,
    _ storage: StorageSpec,
    _ diagnostics: inout DiagnosticList
  ) -> Int {
    if let known = storage.tiers.firstIndex(where: { $0.name == name.text }) { return known }
    let names = storage.tiers.map(\.name)
    diagnostics.add(
      name.origin,
      name.keyPath,
      "unknown tier; found '\(name.text)'",
      hint: names.isEmpty ? "state storage.tiers" : Hint.didYouMean(name.text, among: names)
    )
    return 0
  }

  /// Stages of pipelines are no classes, to which storage goes.
  private static func refuseStages(of workload: Decoded?, _ diagnostics: inout DiagnosticList) {
    for pipeline in workload?["pipelines"]?.elements ?? [] where pipeline.isSound {
      for stage in pipeline["stages"]?.elements ?? [] {
        guard let checkpoint = stage["checkpoint"], checkpoint.isSound,
          let size = checkpoint["size"] ?? checkpoint["background"]
        else { continue }
        diagnostics.add(
          size.origin,
          size.keyPath,
          "the checkpoints of stages of a pipeline share no bandwidth",
          hint: "state write instead"
        )
      }
    }
  }

  private static func image(
    _ node: Decoded,
    _ owner: String,
    _ storage: StorageSpec,
    _ sizes: inout [String: Int64],
    _ diagnostics: inout DiagnosticList
  ) -> StorageSpec.Image? {
    guard let size = node["size"] else { return nil }
    let image = StorageSpec.Image(name: node["name"]?.text ?? owner, bytes: bounded(size, &diagnostics))
    if image.bytes == 0 {
      diagnostics.add(size.origin, size.keyPath, "an image has a size above 0")
    }
    if storage.registry == nil {
      diagnostics.add(
        node.origin,
        node.keyPath,
        "no registry to pull it from",
        hint: "state storage.registry, for example {bandwidth: 40Gbit/s}"
      )
    }
    if let known = sizes.updateValue(image.bytes, forKey: image.name), known != image.bytes {
      diagnostics.add(
        size.origin,
        size.keyPath,
        "image '\(image.name)' has two sizes",
        hint: "give the images different names"
      )
    }
    if let cache = storage.cacheBytes, image.bytes > cache {
      diagnostics.add(size.origin, size.keyPath, "is larger than storage.cache")
    }
    return image
  }

  private static func link(
    _ node: Decoded,
    _ name: String,
    most: String,
    _ diagnostics: inout DiagnosticList
  ) -> StorageSpec.Link {
    let whole = node["bandwidth"].map { bounded($0, &diagnostics) } ?? 1
    return StorageSpec.Link(
      name: name,
      bytesPerSecond: whole,
      perFlow: node[most].map { bounded($0, &diagnostics) }
    )
  }

  private static func bounded(_ node: Decoded, _ diagnostics: inout DiagnosticList) -> Int64 {
    if node.integer > StorageSpec.mostBytes {
      diagnostics.add(node.origin, node.keyPath, "is more than a petabyte (1000 TB)")
    }
    return min(node.integer, StorageSpec.mostBytes)
  }
}
