/// A fixed-length column of plain values: the one place in the engine that
/// touches raw memory.
///
/// An `Array` property costs a uniqueness check a write (measured 1 to 2 ns,
/// several a placement); a column has one owner, so there is nothing to check.
/// Bounds are asserted in debug builds.
struct Column<Element: BitwiseCopyable>: ~Copyable {
  private let base: UnsafeMutablePointer<Element>
  let count: Int

  init(repeating value: Element, count: Int) {
    base = Column.allocate(max(count, 1))
    base.initialize(repeating: value, count: max(count, 1))
    self.count = count
  }

  init(_ elements: [Element]) {
    let start = Column.allocate(max(elements.count, 1))
    elements.withUnsafeBufferPointer { source in
      if let first = source.baseAddress { start.initialize(from: first, count: elements.count) }
    }
    base = start
    count = elements.count
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  /// Begins at a cache line, so that a row of a line's length is on one line.
  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    let alignment = max(64, MemoryLayout<Element>.alignment)
    return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: alignment)
      .bindMemory(to: Element.self, capacity: count)
  }

  @inline(__always)
  subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count, "column index out of range")
      return base[index]
    }
    nonmutating _modify {
      assert(index >= 0 && index < count, "column index out of range")
      yield &base[index]
    }
  }

  /// The elements from `start` on, for loops that the compiler vectorises.
  @inline(__always)
  func pointer(from start: Int = 0) -> UnsafeMutablePointer<Element> {
    assert(start >= 0 && start <= count, "column index out of range")
    return base + start
  }

  /// A copy of all elements.
  func array() -> [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
