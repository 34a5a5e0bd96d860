import GRDB

/// Writes `docs/results-schema.md` from a live database: the statements that
/// SQLite keeps, with their comments.
public enum SchemaReference {
  /// The page, for the current version of the schema.
  public static func markdown() throws -> String {
    try DatabaseQueue().write { db in
      try Schema.migrate(db)
      return try page(db)
    }
  }

  private static let preface = """
    # The results file

    Generated from the schema (`Sources/Results/Schema`); do not edit. Schema version \(Schema.version)
    (`PRAGMA user_version`); `PRAGMA application_id` is \(Schema.applicationID) (`HDRM`).

    A results file is SQLite in WAL mode: any number of programs read while one writes. All runs of one command
    are written in one transaction, so an interrupted one leaves nothing. Older files are
    read as they are and brought up to the current version when a run is stored in them; newer ones are refused.

    **Units.** Times are simulated nanoseconds since the run's start (`_ns`). GPU time is exact and takes two
    columns, because the simulation's 128-bit integrals (thousandths of a GPU x nanoseconds) do not fit SQLite's
    64 bits: `milligpu_s` holds whole milliGPU-seconds, `milligpu_ns` the rest in milliGPU-nanoseconds (0 to
    999,999,999). Nothing is rounded. 100,000 GPUs over 36 years are 1.1 x 10^17 milliGPU-seconds, an eightieth of
    the range. GPU-hours are `(sum(milligpu_s) + sum(milligpu_ns) / 1e9) / 3.6e6`; the views do this division in
    double precision.

    **Numbers of tenants, classes, shapes, models and nodes** (`tenant_id` ...) belong to a run and are the same
    in all its replications. The columns of `job` that hold them are not declared as foreign keys (a million look-ups
    a run); the writer takes them from the rows that it has just inserted.

    **Wall time and host** stand in `run_wall` only: all other rows are the same on every execution.
    """

  private static func page(_ db: Database) throws -> String {
    var text = preface + "\n"
    for (kind, title) in [("table", "Tables"), ("view", "Views")] {
      text += "\n## \(title)\n"
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT name, sql FROM sqlite_master WHERE type = ? AND sql IS NOT NULL ORDER BY rowid",
        arguments: [kind]
      )
      for row in rows {
        text += try "\n" + section(name: row["name"], statement: row["sql"], isTable: kind == "table", db)
      }
    }
    return text
  }

  private static func section(
    name: String,
    statement: String,
    isTable: Bool,
    _ db: Database
  ) throws -> String {
    let lines = statement.split(separator: "\n").map { $0.drop { $0 == " " } }
    let about = lines.dropFirst().first.map { $0.hasPrefix("-- ") ? String($0.dropFirst(3)) : "" } ?? ""
    var text = "### `\(name)`\n\n\(about)\n\n"
    guard isTable else {
      let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_xinfo(?)", arguments: [name])
      return text + columns.map { "`\($0)`" }.joined(separator: ", ") + "\n"
    }
    let keys = try Row.fetchAll(
      db,
      sql: "SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list(?)",
      arguments: [name]
    )
    text += "| column | type | key | meaning |\n|---|---|---|---|\n"
    let columns = try Row.fetchAll(
      db,
      sql: "SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?)",
      arguments: [name]
    )
    for column in columns {
      let columnName: String = column["name"]
      let line = lines.first { $0.hasPrefix(columnName + " ") } ?? ""
      let meaning = line.firstRange(of: "-- ").map { String(line[$0.upperBound...]) } ?? ""
      var marks: [String] = (column["pk"] as Int) > 0 ? ["primary"] : []
      marks += keys.filter { $0["from"] as String == columnName }.map {
        "`\($0["table"] as String).\($0["to"] as String? ?? "id")`"
      }
      let isOptional = column["notnull"] as Int == 0 && column["pk"] as Int == 0
      let type = (column["type"] as String).lowercased() + (isOptional ? ", optional" : "")
      let escaped = meaning.replacing("|", with: "\\|")
      text += "| `\(columnName)` | \(type) | \(marks.joined(separator: ", ")) | \(escaped) |\n"
    }
    return text
  }
}
