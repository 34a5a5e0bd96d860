/// The files of `headroom export notebook`: the notebook and the rows that its
/// pictures need.
public enum NotebookExport {
  public struct File: Sendable, Equatable {
    /// Without a folder.
    public var name: String
    /// UTF-8.
    public var text: String
  }

  /// A query that does not give the columns that it declares.
  public struct WrongColumns: Error, CustomStringConvertible, Equatable {
    public var query: NotebookQuery
    public var found: [String]

    public var description: String {
      "query \(query.rawValue) gives the columns \(found.joined(separator: ", ")) in place of "
        + query.columns.joined(separator: ", ")
    }
  }

  /// What `rows` answers: column names, and values as text.
  public typealias Table = (columns: [String], rows: [[String]])

  /// The notebook, and one CSV file a query in the order of ``NotebookQuery``.
  ///
  /// A query whose tables the results file lacks is not asked; its CSV file is
  /// the head alone, so that nothing stale stays from an earlier export.
  ///
  /// - Parameters:
  ///   - tables: the tables and views of the results file.
  ///   - rows: runs a statement with the parameters `:run` and `:replication`.
  ///     Real numbers must be told with all their digits and a point (as
  ///     Swift does), integers without.
  public static func files(
    of notebook: NotebookFile,
    tables: Set<String>,
    rows: (_ sql: String, _ run: Int64, _ replication: Int) throws -> Table
  ) throws -> [File] {
    var files = [File(name: notebook.name, text: try notebook.json())]
    for query in NotebookQuery.allCases {
      var table: Table = (query.columns, [])
      if query.tables.allSatisfy(tables.contains) {
        table = try rows(query.sql, notebook.run, notebook.replication)
        guard table.columns == query.columns else {
          throw WrongColumns(query: query, found: table.columns)
        }
      }
      files.append(
        File(
          name: notebook.name(of: query),
          text: CSVText.table(columns: table.columns, rows: table.rows)
        )
      )
    }
    return files
  }
}
