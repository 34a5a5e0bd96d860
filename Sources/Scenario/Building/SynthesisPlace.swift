/// Finds the key of a scenario that a ``SynthesisError`` speaks of.
struct SynthesisPlace {
  /// The section `workload`.
  var workload: Decoded

  /// Keys of a class whose names differ from those of the specification.
  private static let keys = [
    "offeredLoad": "load", "durationLimits": "duration", "busyFraction": "busy",
    "estimateFactor": "estimate",
  ]

  /// The nearest key to a path such as `classes[2].arrivals.states`: the key
  /// of the class, else the class, else the list.
  func node(at path: String) -> Decoded {
    let parts = path.split(separator: ".").map(String.init)
    guard let first = parts.first, let list = workload["classes"] else { return workload }
    if first == "offeredLoad" { return workload["load"] ?? workload }
    let digits = first.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
    guard first.hasPrefix("classes["), let index = Int(digits), list.elements.indices.contains(index) else {
      return list
    }
    let element = list.elements[index]
    guard parts.count > 1, case .section(let members) = element.form else { return element }
    let name = String(parts[1].prefix { $0 != "[" })
    let key = Self.keys[name] ?? name
    return members.first { $0.field.key == key }?.value ?? element
  }
}
