import Hardware

/// Groups of capabilities that the index keeps apart: one begins at each part
/// of a GPU that the run's requests ask for, and at each number of completely
/// free GPUs.
///
/// Where each distinct part has its group, every node of a group offers what a
/// search came for. With groups a tenth of a GPU wide, nodes with a little
/// less than the common part piled up in its group: 70 of the 100 nodes that a
/// search looked at, on 12,500 nodes.
struct CapabilityClasses: ~Copyable {
  /// Distinct parts with a group of their own; of more, evenly chosen ones
  /// have. The sets of groups are words of 64 bits.
  private static let maximumParts = 40
  let count: Int
  private let classOf: Column<UInt8>
  private let leastFree: Column<Int32>

  /// `needs` are the capabilities that the requests ask for.
  init(needs: [Int32]) {
    let parts = Set(needs.filter { $0 > 0 && $0 < 1000 }).sorted()
    let chosen = min(parts.count, CapabilityClasses.maximumParts)
    var starts: [Int32] = [0] + (0..<chosen).map { parts[$0 * parts.count / chosen] }
    leastFree = Column(starts + (1...Fleet.maximumGPUsPerNode).map { Int32($0) * 1000 })
    starts += (1...Fleet.maximumGPUsPerNode).map { 999 + Int32($0) }
    count = starts.count
    classOf = Column(repeating: 0, count: Capability.count)
    for (index, start) in starts.enumerated() {
      for value in Int(start)..<Capability.count { classOf[value] = UInt8(index) }
    }
  }

  @inline(__always)
  func index(_ capability: Int32) -> Int { Int(classOf[min(Int(capability), Capability.count - 1)]) }

  /// The least sum of free thousandths that a node of this class can have.
  @inline(__always)
  func leastFreeMilli(_ index: Int) -> Int32 { leastFree[index] }
}
