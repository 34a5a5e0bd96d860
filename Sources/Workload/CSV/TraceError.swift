import Hardware

/// What is wrong with a trace file, and where.
///
/// Lines and columns count from 1; a column counts characters. 0 means the
/// whole file (line) or the whole line (column).
public struct TraceError: Error, Equatable, Sendable {
  public var file: String
  public var line: Int
  public var column: Int
  public var problem: Problem

  public init(file: String, line: Int = 0, column: Int = 0, problem: Problem) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
  }

  /// The kinds of trouble.
  public enum Problem: Equatable, Sendable {
    /// The operating system's reason.
    case unreadable(String)
    /// The operating system's reason.
    case unwritable(String)
    case empty(accepted: [String])
    case missingColumn(String, present: [String])
    case unknownColumn(String, known: [String])
    case duplicateColumn(String)
    case wrongColumnCount(found: Int, expected: Int)
    /// The file's last byte is no line end.
    case truncated
    case unterminatedQuote
    /// A quote inside a field that did not begin with one, or text after the
    /// closing one.
    case strayQuote
    /// A carriage return without its line feed.
    case strayCarriageReturn
    case notUTF8
    case emptyField(column: String)
    /// `accepted` describes the values that would do.
    case notANumber(column: String, found: String, accepted: String)
    case outOfRange(column: String, found: String, accepted: String)
    case unknownValue(column: String, found: String, known: [String])
    case duplicateName(String, firstLine: Int)
    /// A job is named that the file, which has jobs of these names, does not
    /// have.
    case unknownJob(column: String, found: String, names: [String])
    case tooManyValues(column: String, limit: Int)
    /// Two facts of a row that cannot both be true.
    case contradiction(String, hint: String)
    /// A line of a file of JSON lines is not such an object.
    case wrongRecord(found: String, accepted: String)
    /// The file is a list of requests without times.
    case noTimes(missing: [String])
  }
}

extension TraceError: CustomStringConvertible {
  /// `file:line:column: what is wrong; what is accepted`.
  public var description: String {
    var place = file
    if line > 0 { place += ":\(line)" }
    if line > 0, column > 0 { place += ":\(column)" }
    return "\(place): \(message)"
  }

  /// The text without the place.
  public var message: String {
    switch problem {
    case .unreadable(let reason): "cannot read the file: \(reason)"
    case .unwritable(let reason): "cannot write the file: \(reason)"
    case .empty(let accepted):
      "the file is empty; expected a header line with \(accepted.joined(separator: ","))"
    case .missingColumn(let name, let present):
      "the header has no column `\(name)`"
        + (Suggestion.hint(for: name, among: present).map { "; \($0)" } ?? "")
        + "; found \(present.joined(separator: ","))"
    case .unknownColumn(let name, let known):
      "unknown column `\(name)`; " + (Suggestion.hint(for: name, among: known).map { "\($0) " } ?? "")
        + "accepted: \(known.joined(separator: ","))"
    case .duplicateColumn(let name): "the header names column `\(name)` twice; keep one"
    case .wrongColumnCount(let found, let expected):
      "the row has \(found) field\(found == 1 ? "" : "s"), the header has \(expected)"
        + (found < expected
          ? "; the row is cut short or lacks commas" : "; put fields that hold commas in double quotes")
    case .truncated:
      "the last row has no line end, so the file may be cut short; "
        + "if the row is complete, end it with a newline"
    case .unterminatedQuote: "the quoted field that begins here never ends; close it with a double quote"
    case .strayQuote:
      "a double quote inside a field; put the whole field in double quotes and double those inside"
    case .strayCarriageReturn: "a carriage return without a line feed; end lines with LF or CRLF"
    case .notUTF8: "the text is not valid UTF-8; save the file as UTF-8"
    case .emptyField(let column): "`\(column)` is empty"
    case .notANumber(let column, let found, let accepted):
      "`\(column)` is `\(found)`, which is no number; accepted: \(accepted)"
    case .outOfRange(let column, let found, let accepted):
      "`\(column)` is \(found); accepted: \(accepted)"
    case .unknownValue(let column, let found, let known):
      "`\(column)` is `\(found)`; " + (Suggestion.hint(for: found, among: known).map { "\($0) " } ?? "")
        + "accepted: \(known.joined(separator: ", "))"
    case .duplicateName(let name, let firstLine):
      "the name `\(name)` is taken by line \(firstLine); names are unique"
    case .unknownJob(let column, let found, let names):
      "`\(column)` names the job `\(found)`, which the file does not have"
        + (Suggestion.hint(for: found, among: names).map { "; \($0)" } ?? "")
    case .tooManyValues(let column, let limit):
      "more than \(limit) different values of `\(column)`"
    case .contradiction(let what, let hint): "\(what); \(hint)"
    case .wrongRecord(let found, let accepted): "the line is `\(found)`; accepted: a JSON object \(accepted)"
    case .noTimes(let missing):
      "the file has no times (columns \(missing.joined(separator: ","))), so it can only be used for filling"
    }
  }
}
