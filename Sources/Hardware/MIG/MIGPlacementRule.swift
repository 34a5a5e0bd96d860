/// Which of several starts a new instance gets.
public enum MIGPlacementRule: UInt8, Hashable, Sendable, CaseIterable {
  /// The lowest legal start, as a tool does that takes the first free index.
  case lowestStart
  /// The one that leaves the longest run of free slots; then the one after
  /// which most placements remain possible; then the lowest (the rule that
  /// HAMi adopted, Project-HAMi/HAMi#2855). A run counts the slots that come
  /// with a compute slice: the eighth adds memory only, and few instances reach
  /// it.
  case largestFreeRun

  /// The rule's name in scenarios.
  public var name: String {
    switch self {
    case .lowestStart: "lowest-start"
    case .largestFreeRun: "largest-free-run"
    }
  }

  /// Lower ones are preferred.
  func rank(
    _ placement: MIGPlacement,
    after: MIGState,
    sliceCount: Int,
    surviving: (MIGState) -> Int
  ) -> [Int] {
    switch self {
    case .lowestStart: [placement.start]
    case .largestFreeRun: [-after.largestFreeRun(of: sliceCount), -surviving(after), placement.start]
    }
  }
}
