/// A part of an input that a refusal may be about.
public enum InputPart: String, Hashable, Sendable, CaseIterable {
  /// The run as a whole: what a refusal is about that names no part.
  case run
  case horizon, warmup, bucket
  case fleet, fleetChanges, maintenance, autoNodes
  case workload, fragmentation
  case placement, queue, preemption, gangs, sharing, contention, wipe, relayout
  case clusterAutoscaler, burst, storage, tenancy
}

/// Where the parts of an input were stated, for messages; empty where the input
/// was made by hand.
///
/// Everything that refuses an input when it is prepared names the part that is
/// to blame, and knows nothing of files: this is how the file, line and column
/// get into its message.
public struct InputPlaces: Hashable, Sendable {
  /// As `file:line:column: key`; a part that is missing counts as the run.
  private var texts: [InputPart: String] = [:]

  public init(_ texts: [InputPart: String] = [:]) { self.texts = texts }

  /// The message behind the place of the part; as it is where no place is
  /// known, or where it has one already.
  public func located(_ message: String, about part: InputPart = .run) -> String {
    guard let place = texts[part] ?? texts[.run] else { return message }
    return texts.values.contains { message.hasPrefix($0) } ? message : "\(place): \(message)"
  }
}

/// Why an input is refused, and which part of it is to blame.
struct Refusal: Error {
  var text: String
  var part: InputPart
}
