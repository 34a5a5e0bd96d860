import Engine

/// Makes `storage` with what classes say beside it.
enum StorageBuilder {
  /// nil: nothing is fetched, or something is wrong.
  static func build(
    _ storage: Decoded?,
    _ workload: Decoded?,
    into diagnostics: inout DiagnosticList
  ) -> StorageSpec? {
    let classes = workload?["classes"]?.elements.filter(\.isSound) ?? []
    guard let storage else {
      for value in classes.lazy.compactMap({ $0["image"] ?? $0["read"] }).prefix(1) {
        diagnostics.add(
          value.origin,
          value.keyPath,
          "has no effect: nothing says how fast it is fetched",
          hint: "state storage.registry for images, storage.tiers for what is read"
        )
      }
      return nil
    }
    guard storage.isSound else { return nil }
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
    var sizes: [String: Int64] = [:]
    for node in classes {
      guard let name = node["name"]?.text else { continue }
      var terms = StorageSpec.ClassTerms()
      for value in [node["image"], node["read"]].compactMap({ $0 }) where node["service"] != nil {
        diagnostics.add(
          value.origin,
          value.keyPath,
          "the replicas of a service fetch nothing here",
          hint: "state service.coldStart instead"
        )
      }
      for value in [node["image"], node["read"]].compactMap({ $0 }) where node["timeLimit"] != nil {
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
        if let tier = result.tiers.firstIndex(where: { $0.name == from.text }) {
          terms.tier = tier
        } else {
          let names = result.tiers.map(\.name)
          diagnostics.add(
            from.origin,
            from.keyPath,
            "unknown tier; found '\(from.text)'",
            hint: names.isEmpty ? "state storage.tiers" : Hint.didYouMean(from.text, among: names)
          )
        }
      }
      if terms != StorageSpec.ClassTerms() { result.classes[name] = terms }
    }
    return diagnostics.found.count == before ? result : nil
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
