import GRDB
import GRDBSQLite

/// Inserts rows by binding straight through SQLite's C interface.
///
/// GRDB converts each argument to a value enum and keeps it: for the twenty
/// integers of a job row that is most of the cost. A million job rows must be
/// written within seconds, so the tables that grow with the run are written
/// through this type; all others go through GRDB.
struct RowInserter {
  private let database: Database
  private let statement: Statement
  private let handle: OpaquePointer
  private var column: Int32 = 0

  /// - Parameter table: all its columns are bound, in the table's order.
  init(_ database: Database, into table: String, columns: Int) throws {
    self.database = database
    let marks = Array(repeating: "?", count: columns).joined(separator: ", ")
    statement = try database.makeStatement(sql: "INSERT INTO \(table) VALUES (\(marks))")
    handle = statement.sqliteStatement
  }

  /// Binds the next column.
  mutating func bind(_ value: Int64) {
    column += 1
    sqlite3_bind_int64(handle, column, value)
  }

  /// Binds the next column.
  mutating func bind(_ value: some FixedWidthInteger) { bind(Int64(value)) }

  /// Binds the next column.
  mutating func bind(_ value: Double) {
    column += 1
    sqlite3_bind_double(handle, column, value)
  }

  /// Binds the next column; a negative value becomes NULL.
  mutating func bind(orNull value: Int64) {
    column += 1
    if value < 0 { sqlite3_bind_null(handle, column) } else { sqlite3_bind_int64(handle, column, value) }
  }

  /// Binds the next two columns: seconds and the rest.
  mutating func bind(_ integral: ExactIntegral) {
    bind(integral.seconds)
    bind(integral.nanoseconds)
  }

  /// Binds the next column; SQLite copies the text.
  mutating func bind(_ text: String) {
    column += 1
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        // -1: SQLITE_TRANSIENT, a macro that Swift does not import.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        if let address = $0.baseAddress {
          sqlite3_bind_text(handle, column, address, Int32($0.count), transient)
        } else {
          sqlite3_bind_text(handle, column, "", 0, transient)  // no address: a null pointer binds NULL
        }
      }
    }
  }

  /// Inserts the row whose columns were bound.
  mutating func insert() throws {
    let code = sqlite3_step(handle)
    sqlite3_reset(handle)
    column = 0
    guard code == SQLITE_DONE else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: code),
        message: String(cString: sqlite3_errmsg(database.sqliteConnection)),
        sql: statement.sql
      )
    }
  }
}
