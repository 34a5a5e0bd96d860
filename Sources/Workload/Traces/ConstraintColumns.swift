/// The columns of a trace that state constraints, as far as a file has them.
struct ConstraintColumns {
  private let fields: [(column: ConstraintColumn, field: Int)]
  private var texts: [TextInterner]
  private var numbers: [[Int]: ConstraintsID] = [:]
  private(set) var constraints = [JobConstraints()]

  init(_ reader: CSVReader) {
    fields = ConstraintColumn.all.compactMap { column in
      reader.optionalColumn(column.name).map { (column, $0) }
    }
    texts = fields.map { _ in TextInterner([""]) }
    numbers[fields.map { _ in 0 }] = ConstraintsID.none
  }

  /// The constraints of the reader's current row.
  mutating func constraints(of reader: CSVReader) throws(TraceError) -> ConstraintsID {
    if fields.isEmpty { return .none }
    var key: [Int] = []
    for position in fields.indices {
      key.append(try texts[position].intern(fields[position].field, of: reader).number)
    }
    if let known = numbers[key] { return known }
    var stated = JobConstraints()
    for (position, (column, field)) in fields.enumerated() {
      do { try column.read(texts[position].texts[key[position]], &stated) } catch {
        throw reader.error(
          at: field,
          .outOfRange(column: column.name, found: reader.excerpt(field), accepted: error.accepted)
        )
      }
    }
    let id =
      constraints.firstIndex(of: stated).map { ConstraintsID(rawValue: Int32($0)) }
      ?? ConstraintsID(rawValue: Int32(constraints.count))
    if Int(id.rawValue) == constraints.count { constraints.append(stated) }
    numbers[key] = id
    return id
  }
}
