/// A notebook that draws the main pictures of one replication of a stored run.
///
/// It asks the results file itself, so that a reader can change a query or the
/// run; the CSV files of ``NotebookExport`` stand in where that file is not at
/// hand. The same values give the same text, byte for byte.
public struct NotebookFile: Sendable {
  /// The results file's path, seen from the notebook's folder.
  public var database: String
  public var run: Int64
  /// 0-based.
  public var replication: Int
  /// The heading; one line.
  public var title: String

  public init(database: String, run: Int64, replication: Int, title: String) {
    self.database = database
    self.run = run
    self.replication = replication
    self.title = title
  }

  /// What it is called among the exported files.
  public var name: String { "run-\(run).ipynb" }

  /// What the CSV file of a query is called beside it.
  public func name(of query: NotebookQuery) -> String { "run-\(run)-\(query.rawValue).csv" }

  /// The file's text: nbformat 4.5, without outputs.
  public func json() throws -> String {
    try NotebookDocument(NotebookCells.all(self)).json()
  }
}
