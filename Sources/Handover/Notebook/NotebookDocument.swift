import Foundation

/// The notebook format, version 4.5, as far as we write it: cells without
/// outputs, for the kernel that every Jupyter has.
///
/// Source: nbformat, "The Notebook file format" and its `v4.5` JSON schema.
struct NotebookDocument: Encodable {
  struct Cell: Encodable {
    let cell: NotebookCell

    enum CodingKeys: String, CodingKey {
      case cellType = "cell_type"
      case executionCount = "execution_count"
      case id, metadata, outputs, source
    }

    /// Code cells must have an execution count, null before they ran, and
    /// outputs; markdown cells must not.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(cell.kind, forKey: .cellType)
      try container.encode(cell.id, forKey: .id)
      try container.encode([String: String](), forKey: .metadata)
      try container.encode(Self.lines(cell.text), forKey: .source)
      if cell.kind == .code {
        try container.encodeNil(forKey: .executionCount)
        try container.encode([String](), forKey: .outputs)
      }
    }

    /// The text by line, each with its line end but the last: notebooks kept
    /// under version control then differ by line.
    private static func lines(_ text: String) -> [String] {
      var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) + "\n" }
      lines[lines.count - 1].removeLast()
      if lines.last == "" { lines.removeLast() }
      return lines
    }
  }

  struct Metadata: Encodable {
    struct Kernel: Encodable {
      var displayName = "Python 3"
      var language = "python"
      var name = "python3"

      enum CodingKeys: String, CodingKey {
        case displayName = "display_name"
        case language, name
      }
    }

    struct Language: Encodable {
      var name = "python"
    }

    var kernelspec = Kernel()
    var languageInfo = Language()

    enum CodingKeys: String, CodingKey {
      case kernelspec
      case languageInfo = "language_info"
    }
  }

  var cells: [Cell]
  var metadata = Metadata()
  var nbformat = 4
  var nbformatMinor = 5

  enum CodingKeys: String, CodingKey {
    case cells, metadata, nbformat
    case nbformatMinor = "nbformat_minor"
  }

  init(_ cells: [NotebookCell]) {
    self.cells = cells.map(Cell.init)
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }
}
