import SimulationKernel

/// The checks that recur, each throwing with the key path.
enum SpecCheck {
  static func range(
    _ holds: Bool,
    _ path: String,
    _ found: some CustomStringConvertible,
    _ accepted: String
  ) throws(SynthesisError) {
    if !holds { throw SynthesisError(path, .outOfRange(found: found.description, accepted: accepted)) }
  }

  static func positive(_ path: String, _ value: Double) throws(SynthesisError) {
    try range(value > 0 && value.isFinite, path, value, "a finite number above 0")
  }

  static func atLeastZero(_ path: String, _ value: Double) throws(SynthesisError) {
    try range(value >= 0 && value.isFinite, path, value, "a finite number, 0 or more")
  }

  static func factors(_ values: [Double], count: Int, _ path: String) throws(SynthesisError) {
    try range(values.count == count, path, "\(values.count) long", "\(count) factors")
    for (index, value) in values.enumerated() { try atLeastZero("\(path)[\(index)]", value) }
    try range(values.contains { $0 > 0 }, path, "0 throughout", "a factor above 0")
  }

  static func amount(_ expected: Double, _ what: String, _ path: String) throws(SynthesisError) {
    if !(expected <= Double(SynthesisSpec.maximumJobs)) {
      throw SynthesisError(path, .tooMany(what: what, expected: expected))
    }
  }

  static func variate(_ variate: Variate, _ path: String) throws(SynthesisError) {
    do { try variate.validate() } catch { throw SynthesisError(path, .variate(error)) }
  }

  static func unique(_ names: [String], _ path: String) throws(SynthesisError) {
    var seen: Set<String> = []
    for (index, name) in names.enumerated() {
      if name.isEmpty { throw SynthesisError("\(path)[\(index)].name", .empty) }
      if !seen.insert(name).inserted { throw SynthesisError("\(path)[\(index)].name", .duplicate(name)) }
    }
  }
}
