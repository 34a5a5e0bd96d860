import Outcome
import Results

/// One wait of a job in words: how long for which cause, and when it changed.
struct WaitText {
  private let story: JobStory
  private let stretches: [JobStory.Stretch]

  /// More changes are told by `--json` only.
  private static let mostChanges = 12

  init(_ story: JobStory, from start: Double, to end: Double) {
    self.story = story
    stretches = story.waits.filter { $0.startSeconds >= start && $0.endSeconds <= end }
  }

  /// The causes with their times, the longest first.
  var sums: String {
    var spans: [(cause: String, seconds: Double)] = []
    for stretch in stretches {
      let seconds = stretch.endSeconds - stretch.startSeconds
      if let known = spans.firstIndex(where: { $0.cause == stretch.cause }) {
        spans[known].seconds += seconds
      } else {
        spans.append((stretch.cause, seconds))
      }
    }
    if spans.count < 2 { return "because of \(Self.label(spans.first?.cause ?? story.cause))" }
    let longest = spans.enumerated().sorted {
      ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset)
    }
    return "because of "
      + longest.map { "\(Self.label($0.element.cause)) (\(NumberText.span(seconds: $0.element.seconds)))" }
      .joined(separator: ", ")
  }

  /// When the cause changed, where it did.
  var changes: [(seconds: Double, text: String)] {
    guard stretches.count > 1 else { return [] }
    var result: [(seconds: Double, text: String)] = stretches.prefix(Self.mostChanges).map {
      (
        seconds: $0.startSeconds,
        text: "\(Self.label($0.cause)) for \(NumberText.span(seconds: $0.endSeconds - $0.startSeconds))"
      )
    }
    if stretches.count > Self.mostChanges {
      let next = stretches[Self.mostChanges].startSeconds
      result.append((next, "… and \(stretches.count - Self.mostChanges) more changes (--json has all)"))
    }
    return result
  }

  /// What tables call a cause, by its stable name.
  static func label(_ name: String) -> String {
    guard let cause = WaitCause.allCases.first(where: { $0.name == name }), cause != .none else {
      return "an unrecorded reason"
    }
    return cause.label
  }
}
