import GRDB

extension ResultStore {
  /// Names of the tables and views of the file.
  public func tables() throws -> Set<String> {
    try mappingErrors {
      try queue.read { db in
        Set(try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"))
      }
    }
  }

  /// What a statement with the parameters `:run` and `:replication` answers,
  /// as text; NULL is empty.
  public func rows(
    _ sql: String,
    run: Int64,
    replication: Int
  ) throws -> (columns: [String], rows: [[String]]) {
    try mappingErrors {
      try queue.read { db in
        let statement = try db.makeStatement(sql: sql)
        let cursor = try Row.fetchCursor(statement, arguments: ["run": run, "replication": replication])
        var rows: [[String]] = []
        while let row = try cursor.next() {
          rows.append(row.databaseValues.map(Self.text))
        }
        return (statement.columnNames, rows)
      }
    }
  }

  private static func text(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: ""
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text
    case .blob: ""
    }
  }
}
