/// A checked piece of a scenario, with defaults filled in.
///
/// The accessors trap on a key that the section's table does not have, or
/// has in another form: that is a mistake of the program, not of the file.
struct Decoded: Sendable {
  struct Member: Sendable {
    var field: Field
    /// nil: left out, and the key has no default.
    var value: Decoded?
  }

  enum Form: Sendable {
    case value(ScalarValue, text: String)
    case list([Decoded])
    /// Every key of the section, in the order of its table.
    case section([Member])
    /// Keys and values as they were written: overrides, or labels.
    case settings([SourceNode.Entry])
    /// Wrong; a diagnostic says why.
    case faulty
  }

  var origin: Origin
  /// In the form that an override takes.
  var keyPath: String
  var form: Form
  /// Nothing in it is wrong.
  var isSound: Bool

  /// The value of a key; nil when left out without a default.
  subscript(key: String) -> Decoded? {
    guard case .section(let members) = form else { return nil }
    guard let member = members.first(where: { $0.field.key == key }) else {
      preconditionFailure("the section at '\(keyPath)' has no key '\(key)'")
    }
    return member.value
  }

  /// Whether the section has this key, and it has a value.
  func sets(_ key: String) -> Bool {
    guard case .section(let members) = form else { return false }
    return members.contains { $0.field.key == key && $0.value != nil }
  }

  /// The section with the value of one key changed.
  func changing(_ key: String, _ change: (Decoded) -> Decoded) -> Decoded {
    guard case .section(var members) = form else { return self }
    for index in members.indices where members[index].field.key == key {
      members[index].value = members[index].value.map(change)
    }
    var changed = self
    changed.form = .section(members)
    return changed
  }

  /// The elements of a list, or nothing.
  var elements: [Decoded] {
    if case .list(let elements) = form { return elements }
    return []
  }

  /// The keys and values of a section or map, or nothing.
  var entries: [(key: String, value: Decoded)] {
    guard case .section(let members) = form else { return [] }
    return members.compactMap { member in member.value.map { (member.field.key, $0) } }
  }

  /// The entries of a map of overrides or labels, or nothing.
  var settings: [SourceNode.Entry] {
    if case .settings(let entries) = form { return entries }
    return []
  }

  var scalar: ScalarValue? {
    if case .value(let value, _) = form { return value }
    return nil
  }

  var text: String {
    guard case .text(let text)? = scalar else { preconditionFailure("'\(keyPath)' is not a text") }
    return text
  }

  var integer: Int64 {
    guard case .integer(let value)? = scalar else { preconditionFailure("'\(keyPath)' is not whole") }
    return value
  }

  var boolean: Bool {
    guard case .boolean(let value)? = scalar else { preconditionFailure("'\(keyPath)' is not boolean") }
    return value
  }

  var nanoseconds: Int64 {
    guard case .nanoseconds(let value)? = scalar else { preconditionFailure("'\(keyPath)' is not a time") }
    return value
  }

  /// A time in seconds.
  var seconds: Double { Double(nanoseconds) / 1e9 }

  /// A value that needs no unit to be a floating-point number: a number, a
  /// share, a rate per second.
  var double: Double {
    switch scalar {
    case .number(let value)?, .fraction(let value)?, .perSecond(let value)?: return value
    default: preconditionFailure("'\(keyPath)' is not a number")
    }
  }

  var mebibytes: Int32 {
    guard case .mebibytes(let value)? = scalar else { preconditionFailure("'\(keyPath)' is not memory") }
    return Int32(value)
  }

  var milliCPU: Int32 {
    guard case .milliCPU(let value)? = scalar else { preconditionFailure("'\(keyPath)' is not CPU") }
    return Int32(value)
  }

  var milliGPU: Int32 {
    guard case .milliGPU(let value)? = scalar else { preconditionFailure("'\(keyPath)' is not GPUs") }
    return Int32(value)
  }

  /// Where to point when the parts do not fit together: at the override that
  /// changed one of them, else at the whole.
  var blame: Origin {
    let parts: [Decoded] =
      switch form {
      case .list(let elements): elements
      case .section(let members): members.compactMap(\.value)
      case .value, .settings, .faulty: []
      }
    for origin in [origin] + parts.map(\.blame) { if case .override = origin { return origin } }
    return origin
  }

  /// The key that a union holds, and its value.
  var chosen: (key: String, value: Decoded)? {
    guard case .section(let members) = form else { return nil }
    for member in members { if let value = member.value { return (member.field.key, value) } }
    return nil
  }
}
