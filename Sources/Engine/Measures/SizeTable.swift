/// For each distinct part of a GPU that a mix asks: how many of a node's
/// devices fit it, and how much is free on those.
///
/// Each device counts for the largest size that it fits; sums from the largest
/// size down give what fits each.
///
/// - Complexity: O(GPUs + sizes).
struct SizeTable: ~Copyable {
  /// Distinct parts, thousandths, ascending.
  let sizes: Column<Int16>
  /// Devices that fit each size, after ``measure(_:gpuCount:)``.
  let devices: Column<Int32>
  /// Free thousandths on those devices.
  let usable: Column<Int32>
  /// At v: how many sizes are at most v thousandths.
  private let sizesUpTo: Column<Int16>
  /// At s: devices (x 65,536) and thousandths of those that fit s sizes.
  private let fitting: Column<Int32>

  init(_ jobs: [TypicalJob]) {
    let distinct = Set(jobs.filter { $0.request.gpuCount > 0 }.map { Int16($0.request.milli) }).sorted()
    sizes = Column(distinct)
    devices = Column(repeating: 0, count: distinct.count)
    usable = Column(repeating: 0, count: distinct.count)
    fitting = Column(repeating: 0, count: distinct.count + 1)
    sizesUpTo = Column(repeating: 0, count: 1001)
    for v in 0...1000 { sizesUpTo[v] = Int16(distinct.count { $0 <= v }) }
  }

  /// The position of a size in the table.
  func position(of milli: Int32) -> Int32 {
    for s in 0..<sizes.count where Int32(sizes[s]) == milli { return Int32(s) }
    preconditionFailure("a size that is not in the mix")
  }

  /// Fills the table for a node with these free parts; returns their sum.
  func measure(_ free: UnsafePointer<Int16>, gpuCount: Int) -> Int32 {
    let count = sizes.count
    let fitting = fitting.pointer()
    for s in 0...count { fitting[s] = 0 }
    var sum: Int32 = 0
    for g in 0..<gpuCount {
      let part = Int32(free[g])
      sum += part
      fitting[Int(sizesUpTo[Int(part)])] += 1 << 16 | part
    }
    var fits: Int32 = 0
    for s in stride(from: count - 1, through: 0, by: -1) {
      fits += fitting[s + 1]
      devices[s] = fits >> 16
      usable[s] = fits & 0xFFFF
    }
    return sum
  }
}
