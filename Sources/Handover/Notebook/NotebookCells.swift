/// One cell as it is written: a stable name, which becomes its id, and text.
struct NotebookCell: Sendable {
  enum Kind: String, Encodable, Sendable {
    case code, markdown
  }

  /// Letters, digits and hyphens, as the format demands of ids.
  var id: String
  var kind: Kind
  var text: String

  static func markdown(_ id: String, _ text: String) -> NotebookCell {
    NotebookCell(id: id, kind: .markdown, text: text)
  }

  static func code(_ id: String, _ text: String) -> NotebookCell {
    NotebookCell(id: id, kind: .code, text: text)
  }
}

/// The cells in the order in which they are read. Only the first two depend on
/// the run; each picture has a sentence before it.
enum NotebookCells {
  static func all(_ notebook: NotebookFile) -> [NotebookCell] {
    [
      .markdown("title", title(notebook)),
      .code("setup", setup(notebook)),
      .code("drawing", drawing),
      .code("overview", overview),
      .markdown("use-text", useText),
      .code("use", use),
      .markdown("fragmentation-text", fragmentationText),
      .code("fragmentation", fragmentation),
      .markdown("filling-text", fillingText),
      .code("filling", filling),
      .markdown("waiting-text", waitingText),
      .code("waiting", waiting),
      .markdown("cause-text", causeText),
      .code("cause", cause),
      .markdown("percentile-text", percentileText),
      .code("percentile", percentile),
      .markdown("cash-text", cashText),
      .code("cash", cash),
      .markdown("cost-text", costText),
      .code("cost", cost),
      .markdown("tornado-text", tornadoText),
      .code("tornado", tornado),
    ]
  }
}
