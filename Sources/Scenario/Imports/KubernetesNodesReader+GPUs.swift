import Hardware

/// How many GPUs of which model a node has, whole or shared.
extension KubernetesNodesReader {
  /// nil: something is wrong. No model: it has no GPUs.
  ///
  /// What the device plugin advertises counts otherwise where GPUs are shared:
  /// replicas of each GPU under time-slicing and MPS, instances under MIG. The
  /// labels of GPU feature discovery tell which.
  mutating func gpus(
    of node: SourceNode,
    _ keyPath: String,
    into diagnostics: inout DiagnosticList
  ) -> (model: String?, count: Int64)? {
    let allocatable = node["status"]?["allocatable"]
    let labels = node["metadata"]?["labels"]
    let path = keyPath + ".status.allocatable"
    func count(_ key: String) -> Int64? {
      guard let value = allocatable?.value(key) else { return 0 }
      if case .scalar(let text) = value.content, let count = Quantity(text)?.count { return count }
      diagnostics.add(
        value.origin,
        "\(path).\(key)",
        "is not a quantity of GPUs; found \(value.found); accepted: a whole number"
      )
      return nil
    }
    guard let whole = count(Self.gpu), let renamed = count(Self.shared) else { return nil }
    let instances =
      allocatable?.entries.filter {
        MIGResource.profile(ofName: $0.key) != nil && !$0.value.isZero
      } ?? []
    guard whole + renamed > 0 || !instances.isEmpty else { return (nil, 0) }
    let origin = allocatable?[Self.gpu]?.origin ?? instances.first?.keyOrigin ?? node.origin
    guard let product = labels?.text(Self.product) ?? unlabelled else {
      diagnostics.add(
        origin,
        keyPath + ".metadata.labels",
        "GPUs of an unknown model: the node has no label \(Self.product)",
        hint: "say fleet.from.gpu: h100, or which model it is"
      )
      return nil
    }
    let name = product.hasSuffix("-SHARED") ? String(product.dropLast(7)) : product
    let cut = name.firstRange(of: "-MIG-")
    let model = cut.map { String(name[..<$0.lowerBound]) } ?? name
    if !instances.isEmpty {
      // The strategy mixed: the label counts the boards.
      guard let text = labels?.text(Self.physical), let boards = Int64(text), boards > 0 else {
        diagnostics.add(
          origin,
          path,
          "GPUs are cut by MIG, and no label \(Self.physical) says how many there are"
        )
        return nil
      }
      unmodelled.insert("MIG instances (state policy.sharing: mig)")
      return (model, boards)
    }
    var advertised = whole + renamed
    if let text = labels?.text(Self.replicas), let replicas = Int64(text), replicas > 1 {
      guard advertised % replicas == 0 else {
        diagnostics.add(
          origin,
          "\(path).\(Self.gpu)",
          "is not a multiple of the replicas of each GPU; found \(advertised) for \(replicas)"
        )
        return nil
      }
      advertised /= replicas
      unmodelled.insert("\(replicas) replicas of each GPU (state policy.sharing)")
    }
    guard let cut else { return (model, advertised) }
    // The strategy single: what is advertised are instances of one profile.
    let profile = String(name[cut.upperBound...])
    guard let each = Self.instances(of: profile, on: model), advertised % each == 0 else {
      diagnostics.add(
        origin,
        "\(path).\(Self.gpu)",
        "counts MIG instances of \(profile), and not as many as fill GPUs of a known model; found \(advertised) of \(model)",
        hint: "state these nodes as a pool of fleet.nodes"
      )
      return nil
    }
    unmodelled.insert("\(each) MIG instances of \(profile) on each GPU (state policy.sharing: mig)")
    return (model, advertised / each)
  }

  /// How many instances of a profile a GPU holds; nil: none that is known.
  private static func instances(of profile: String, on model: String) -> Int64? {
    guard let board = GPUCatalogue.builtin.model(named: model), let geometry = MIGGeometry.of(board),
      // Feature discovery writes 1g.5gb.me for 1g.5gb+me.
      let index = geometry.profile(named: profile.replacing(".me", with: "+me"))
    else { return nil }
    return Int64(geometry.profiles[index].maximumCount)
  }
}

extension SourceNode {
  /// A quantity of nothing: as if the key were absent.
  var isZero: Bool {
    guard case .scalar(let text) = content, let quantity = Quantity(text) else { return false }
    return quantity.milli == 0
  }
}
