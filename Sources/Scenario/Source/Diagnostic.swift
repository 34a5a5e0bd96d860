/// Where a piece of a scenario was written.
public enum Origin: Hashable, Sendable {
  /// In a file; line and column count from 1, columns in Unicode scalars.
  case file(String, line: Int, column: Int)
  /// In an override of the command line: the text `key.path=value`.
  case override(String)
  /// Nowhere: it is a default of the language.
  case standard
}

/// One thing that is wrong with a scenario.
public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
  /// The file as it was named; empty for an override.
  public var file: String
  /// Counted from 1; 0 where there is no line.
  public var line: Int
  /// Counted from 1, in Unicode scalars; 0 where there is no line.
  public var column: Int
  /// The key in the form that an override takes, for example
  /// `fleet.nodes.h100.memory`; empty for the file as a whole.
  public var keyPath: String
  /// What is wrong, what was found, what is accepted.
  public var message: String
  /// What to do about it; empty when the message says it all.
  public var hint: String

  init(_ origin: Origin, keyPath: String, message: String, hint: String = "") {
    file = ""
    line = 0
    column = 0
    switch origin {
    case .file(let file, let line, let column):
      self.file = file
      self.line = line
      self.column = column
    case .override(let text):
      file = "--set \(text)"
    case .standard:
      file = "(default)"
    }
    self.keyPath = keyPath
    self.message = Self.shortened(message)
    self.hint = hint
  }

  /// More characters than this of what was found are not shown.
  private static let shownCharacters = 60

  /// The message without the most of a long text that was found: a missing
  /// quote can make half a file one value.
  private static func shortened(_ message: String) -> String {
    guard let start = message.firstRange(of: "found '")?.upperBound else { return message }
    let rest = message[start...]
    let ends = ["'; accepted: ", "', which means '"].compactMap { rest.ranges(of: $0).last?.lowerBound }
    guard let end = ends.first ?? rest.lastIndex(of: "'"), rest[..<end].count > shownCharacters else {
      return message
    }
    return message[..<start] + rest.prefix(shownCharacters - 3) + "..." + message[end...]
  }

  /// `file:line:column: key.path: message; hint`.
  public var description: String {
    var text = line > 0 ? "\(file):\(line):\(column): " : "\(file): "
    if !keyPath.isEmpty { text += "\(keyPath): " }
    text += message
    if !hint.isEmpty { text += "; \(hint)" }
    return text
  }
}

/// A scenario that cannot be used: everything that was found wrong in one go.
public struct ScenarioError: Error, Hashable, Sendable, CustomStringConvertible {
  /// More than this many are not listed.
  public static let listed = 20

  /// In the order in which they were found; never empty.
  public var diagnostics: [Diagnostic]

  /// One diagnostic a line.
  public var description: String {
    var lines = diagnostics.prefix(Self.listed).map(\.description)
    if diagnostics.count > Self.listed { lines.append("... and \(diagnostics.count - Self.listed) more") }
    return lines.joined(separator: "\n")
  }
}

/// Gathers diagnostics while a scenario is read.
struct DiagnosticList {
  private(set) var found: [Diagnostic] = []

  mutating func add(_ origin: Origin, _ keyPath: String, _ message: String, hint: String = "") {
    let diagnostic = Diagnostic(origin, keyPath: keyPath, message: message, hint: hint)
    if !found.contains(diagnostic) { found.append(diagnostic) }
  }

  /// Takes over what another reading has found.
  mutating func add(_ error: ScenarioError) {
    found += error.diagnostics.filter { !found.contains($0) }
  }

  /// Throws when anything has been found.
  func check() throws {
    if !found.isEmpty { throw ScenarioError(diagnostics: found) }
  }
}
