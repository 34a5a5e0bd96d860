/// The labels of an instance type: those that its pool states, and the
/// well-known ones that follow from what it is.
enum InstanceLabels {
  /// AWS has the same labels under two prefixes: those of Karpenter, and those
  /// of EKS Auto Mode.
  static let karpenter = "karpenter.k8s.aws"
  static let autoMode = "eks.amazonaws.com"

  static func of(_ type: SourceNode) -> [String: String] {
    var stated: [String: String] = [:]
    for entry in type["labels"]?.entries ?? [] {
      if case .scalar(let value) = entry.value.content { stated[entry.key] = value }
    }
    var labels: [String: String] = [
      "kubernetes.io/os": "linux",
      "karpenter.sh/capacity-type": capacity(type["auto"]?.text("purchase")),
    ]
    let name = stated["node.kubernetes.io/instance-type"] ?? type.elementName
    labels["node.kubernetes.io/instance-type"] = name
    var own = name.map(parts) ?? [:]
    if let text = type.text("gpusPerNode"), text != "0" {
      own["instance-gpu-count"] = text
      own["instance-gpu-manufacturer"] = "nvidia"
      // The first part of the model's name: h100 of h100-80gb-sxm.
      own["instance-gpu-name"] = type.text("gpu")?.split(separator: "-").first.map { $0.lowercased() }
    }
    if let text = type.text("cpu"), case .milliCPU(let cpu)? = try? ValueKind.cpu.parse(text), cpu % 1000 == 0
    {
      own["instance-cpu"] = String(cpu / 1000)
    }
    if let text = type.text("memory"), case .mebibytes(let memory)? = try? ValueKind.memory.parse(text) {
      own["instance-memory"] = String(memory)
    }
    for prefix in [karpenter, autoMode] {
      for (key, value) in own { labels["\(prefix)/\(key)"] = value }
    }
    return labels.merging(stated) { $1 }
  }

  /// What the name of an instance type of AWS says: `p5.48xlarge` is of family
  /// p5, category p, generation 5 and size 48xlarge.
  ///
  /// Source: karpenter-provider-aws, pkg/providers/instancetype/types.go, whose
  /// pattern takes the letters before the first digits, and these digits.
  private static func parts(_ name: String) -> [String: String] {
    let halves = name.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count == 2, !halves[1].isEmpty else { return [:] }
    let category = halves[0].prefix { $0.isLetter && $0.isLowercase }
    let generation = halves[0].dropFirst(category.count).prefix { $0.isASCII && $0.isNumber }
    guard !category.isEmpty, !generation.isEmpty else { return [:] }
    return [
      "instance-family": String(halves[0]), "instance-category": String(category),
      "instance-generation": String(generation), "instance-size": String(halves[1]),
    ]
  }

  private static func capacity(_ purchase: String?) -> String {
    switch purchase {
    case "spot": "spot"
    case "reserved": "reserved"
    default: "on-demand"
    }
  }
}
