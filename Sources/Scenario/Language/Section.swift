/// A form that a value of a scenario may take.
indirect enum Shape: Sendable {
  /// A single text, read as its kind says.
  case value(ValueKind)
  /// A list of at least `minimum` elements; `single`: one element may stand
  /// without the list.
  case list(Shape, minimum: Int, single: Bool)
  /// A map with known keys.
  case section(Section)
  /// A single text of this kind, or else the other form. Where the kind is a
  /// word and the other form a section that a single value can stand for, a
  /// number is the latter.
  case either(ValueKind, Shape)
  /// A map from names to values of this kind; the text says what the keys name.
  case map(ValueKind, keys: String)
  /// A map of overrides: each key is a path as `--set` takes it.
  case settings
  /// A map of labels: any keys, each with a single value.
  case labels
}

/// What holds when a key is left out.
enum Presence: Sendable {
  case required
  /// Nothing is set; the text says what that means.
  case optional(String)
  /// This YAML stands in its place.
  case standard(String)
}

/// One key of a section: the single place that says its name, form, default,
/// meaning and example. Decoding, the JSON Schema, the reference page and the
/// resolved scenario are all made from it.
struct Field: Sendable {
  var key: String
  var shape: Shape
  var presence: Presence
  /// Sentences, each ending with a full stop.
  var doc: String
  /// A value in YAML.
  var example: String

  init(_ key: String, _ shape: Shape, _ presence: Presence, _ doc: String, example: String) {
    self.key = key
    self.shape = shape
    self.presence = presence
    self.doc = doc
    self.example = example
  }
}

/// A map with known keys.
struct Section: Sendable {
  /// Which keys go together.
  enum Rule: Sendable {
    case exactlyOne([String])
    case atMostOne([String])
    case atLeastOne([String])
  }

  /// Unique among the sections: the heading of the reference, the name in the
  /// JSON Schema.
  var title: String
  var doc: String
  var fields: [Field]
  var rules: [Rule] = []
  /// A value that is not a map stands for a map with this one key.
  var shorthand: String?

  func field(_ key: String) -> Field? { fields.first { $0.key == key } }

  var keys: [String] { fields.map(\.key) }
}
