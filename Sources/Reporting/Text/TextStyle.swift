/// What an output can show.
public struct TextStyle: Hashable, Sendable {
  /// Columns.
  public var width: Int
  /// Block characters, ± and the like; otherwise plain ASCII.
  public var unicode: Bool
  /// Bold headings.
  public var colour: Bool
  /// Tables wider than ``width`` lose the columns that can be spared; in a
  /// file or a pipe there is room for all.
  public var narrows: Bool

  public init(width: Int = 100, unicode: Bool = true, colour: Bool = false, narrows: Bool = true) {
    self.narrows = narrows
    self.width = width
    self.unicode = unicode
    self.colour = colour
  }

  /// The style for an output, from the environment.
  ///
  /// Colour only on a terminal, and not under `NO_COLOR` (any value but the
  /// empty one, https://no-color.org) or `TERM=dumb`. Unicode unless the locale says another
  /// character set; locale variables are read in POSIX's order.
  public init(isTerminal: Bool, columns: Int?, environment: [String: String]) {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    let charset = (locale ?? "").uppercased()
    unicode = charset.contains("UTF-8") || charset.contains("UTF8")
    colour = isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
    narrows = isTerminal
    width = min(max(columns ?? Self.plainWidth, Self.narrowest), Self.widest)
  }

  /// Where the width is not known.
  static let plainWidth = 100
  static let narrowest = 60
  /// Wider tables are harder to read, not easier.
  static let widest = 120

  /// `text` as a heading.
  func heading(_ text: String) -> String { colour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

  /// Text written with typographic characters, as this style can show it.
  func plain(_ text: String) -> String {
    guard !unicode else { return text }
    return text.replacing("±", with: "+/-").replacing("·", with: "-").replacing("…", with: "...")
  }
}
