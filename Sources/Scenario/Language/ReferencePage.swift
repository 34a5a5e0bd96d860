/// Writes the reference of the scenario language as Markdown.
struct ReferencePage {
  private var out: [String] = []
  private var written: Set<String> = []
  private var waiting: [Section] = []

  /// The page, starting from the root of a file. `intro` stands on top.
  static func markdown(of root: Section, intro: String) -> String {
    var page = ReferencePage()
    page.out.append(intro)
    page.values()
    page.enqueue(root)
    while !page.waiting.isEmpty { page.write(page.waiting.removeFirst()) }
    return page.out.joined(separator: "\n\n") + "\n"
  }

  private mutating func values() {
    let kinds: [ValueKind] = [
      .duration(positive: false), .memory, .size, .bandwidth, .rate(positive: false),
      .fraction(positive: false, maximum: 1), .cpu, .gpus, .name,
    ]
    var lines = ["## Values", "", "| kind | how it is written |", "|---|---|"]
    for kind in kinds { lines.append("| \(kind.title) | \(kind.accepted) |") }
    out.append(lines.joined(separator: "\n"))
  }

  private mutating func enqueue(_ section: Section) {
    if written.insert(section.title).inserted { waiting.append(section) }
  }

  private mutating func write(_ section: Section) {
    var lines = ["## \(section.title)", "", section.doc]
    if let key = section.shorthand { lines.append("A value that is not a map stands for `\(key)`.") }
    for rule in section.rules {
      switch rule {
      case .exactlyOne(let keys): lines.append("Exactly one of \(Self.code(keys)) is set.")
      case .atLeastOne(let keys): lines.append("At least one of \(Self.code(keys)) is set.")
      case .atMostOne(let keys): lines.append("At most one of \(Self.code(keys)) is set.")
      }
    }
    lines += ["", "| key | type | default | meaning | example |", "|---|---|---|---|---|"]
    for field in section.fields {
      lines.append(
        "| `\(field.key)` | \(type(of: field.shape)) | \(standard(field.presence)) | "
          + "\(Self.cell(meaning(of: field))) | \(Self.code([field.example])) |"
      )
    }
    out.append(lines.joined(separator: "\n"))
  }

  private func meaning(of field: Field) -> String {
    var text = field.doc
    switch leaf(field.shape) {
    case .word(let words, _)?: text += " One of: \(words.joined(separator: ", "))."
    case .integer(let range)?: text += " Accepted: \(ValueKind.integer(range).accepted)."
    case .number?, .fraction?:
      if let kind = leaf(field.shape) { text += " Accepted: \(kind.accepted)." }
    default: break
    }
    return text
  }

  private func leaf(_ shape: Shape) -> ValueKind? {
    switch shape {
    case .value(let kind): kind
    case .list(let element, _, _): leaf(element)
    case .map(let kind, _): kind
    default: nil
    }
  }

  private func standard(_ presence: Presence) -> String {
    switch presence {
    case .required: "required"
    case .optional(let meaning): meaning.isEmpty ? "" : "not set: \(meaning)"
    case .standard(let yaml): Self.code([yaml])
    }
  }

  private mutating func type(of shape: Shape) -> String {
    switch shape {
    case .value(let kind): return kind.title
    case .settings: return "map of overrides"
    case .map(let kind, let keys): return "map from \(keys) to \(kind.title)"
    case .labels: return "map of labels"
    case .either(let kind, let other):
      let first = if case .word(let words, _) = kind { Self.code(words) } else { kind.title }
      return "\(first) or \(type(of: other))"
    case .list(let element, _, let single):
      return "\(single ? "one or a list" : "list") of \(type(of: element))"
    case .section(let section):
      enqueue(section)
      return "[\(section.title)](#\(section.title.lowercased()))"
    }
  }

  private static func code(_ words: [String]) -> String {
    words.map { "`\(cell($0))`" }.joined(separator: ", ")
  }

  private static func cell(_ text: String) -> String {
    text.replacing("|", with: "\\|")
  }
}

extension ReferencePage {
  /// What stands above the tables.
  static let intro = """
    # Scenario files

    <!-- Generated from Sources/Scenario/Sections; `HEADROOM_UPDATE_GOLDENS=1 swift test` rewrites it. -->

    A scenario is one YAML file. It is strict: an unknown key, a missing unit or a value out of range is an
    error that says where it stands, what was found and what is accepted. `headroom validate FILE` checks a
    file, `headroom validate --resolved FILE` prints it with every default explicit; that text is a scenario
    too, and gives the same run.

    - `include: [base.yaml]` takes the keys of other files first. Maps merge key by key, lists and single
      values replace, and `null` removes an inherited key.
    - `--set key.path=value` changes one value for one run, for example `--set policy.placement=fgd` or
      `--set workload.classes.train.load=50%`. An element of a list is named by its `name` or its number
      from 0.
    - Paths are relative to the file that holds them; in an override, to the current directory. A path may
      begin with `${HEADROOM_DATA}`: the environment variable of that name, or `../shared/data` where it is
      not set.
    - Editors check a file against `scenarios/schema.json` when its first line says
      `# yaml-language-server: $schema=schema.json`.
    """
}
