/// For each distinct part of a GPU that a mix asks: how many of a node's
/// devices fit it, and how much is free on those.
///
/// Most devices are free or full, so the table starts from the free ones and
/// adds the few that are partly taken.
///
/// - Complexity: O(GPUs + sizes x partly taken GPUs), vectorised over sizes.
struct SizeTable: ~Copyable {
  /// Distinct parts, thousandths, ascending.
  let sizes: Column<Int16>
  /// Devices that fit each size, after ``measure(_:gpuCount:)``.
  let devices: Column<Int32>
  /// Free thousandths on those devices.
  let usable: Column<Int32>
  /// At v: how many sizes are at most v thousandths.
  private let sizesUpTo: Column<Int16>

  init(_ jobs: [TypicalJob]) {
    let distinct = Set(jobs.filter { $0.request.gpuCount > 0 }.map { Int16($0.request.milli) }).sorted()
    sizes = Column(distinct)
    devices = Column(repeating: 0, count: distinct.count)
    usable = Column(repeating: 0, count: distinct.count)
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
    var whole: Int32 = 0
    var sum: Int32 = 0
    for g in 0..<gpuCount where free[g] == 1000 { whole += 1 }
    let count = sizes.count
    let devices = devices.pointer()
    let usable = usable.pointer()
    for s in 0..<count {
      devices[s] = whole
      usable[s] = 1000 * whole
    }
    for g in 0..<gpuCount where free[g] > 0 && free[g] < 1000 {
      let part = Int32(free[g])
      sum += part
      for s in 0..<Int(sizesUpTo[Int(part)]) {
        devices[s] += 1
        usable[s] += part
      }
    }
    return sum + 1000 * whole
  }
}
