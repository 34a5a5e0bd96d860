/// By kind: the states of GPUs of which nothing is in use, by layout.
struct MIGEmptyStates {
  private let states: [[Int32]]
  private let isWhole: [[Bool]]

  init(_ book: MIGBook) {
    isWhole = book.kinds.map { kind in kind.layouts?.map(\.isEmpty) ?? [true] }
    states = book.kinds.map { kind in
      let space = MIGStateSpace(kind)
      return (0..<(kind.layouts?.count ?? 1)).map { Int32(space.empty(layout: $0)) }
    }
  }

  /// Counted from the first state of the kind.
  func emptyState(_ kind: Int16, layout: Int) -> Int32 { states[Int(kind)][layout] }

  func layoutCount(_ kind: Int16) -> Int { states[Int(kind)].count }

  /// Whether a GPU in this layout can be handed out whole.
  func leavesWhole(_ kind: Int16, layout: Int) -> Bool { isWhole[Int(kind)][layout] }
}
