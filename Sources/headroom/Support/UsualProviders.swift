import Economics

/// Providers that are compared when the user names none.
enum UsualProviders {
  static let names = ["lambda", "aws"]

  /// The usual ones that have a price of everything that the run asks for; when
  /// none has, the first of the book that has. Those left out are told.
  static func of(_ demand: RunDemand, _ book: PriceBook) -> (names: [String], notes: [String]) {
    var notes: [String] = []
    var names: [String] = []
    for provider in Self.names {
      let missing = TCOComparison.unpriced(demand, at: provider, book: book)
      if missing.isEmpty {
        names.append(provider)
      } else {
        notes.append("\(provider) is left out: it has no usable price of \(missing.joined(separator: ", "))")
      }
    }
    if names.isEmpty {
      names = book.providers.filter { TCOComparison.unpriced(demand, at: $0, book: book).isEmpty }.prefix(2)
        .map { $0 }
    }
    return (names, notes)
  }
}
