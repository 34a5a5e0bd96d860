import Foundation
import Results

/// What happened to one job, line by line.
public enum JobStoryText {
  /// The story with its fields' names as keys, sorted.
  public static func json(_ story: JobStory) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(story), as: UTF8.self) + "\n"
  }

  public static func text(_ story: JobStory) -> String {
    var lines = [
      "\(story.job) · run \(story.run), replication \(story.replication) · \(story.state)", asks(story), "",
    ]
    func line(_ seconds: Double, _ text: String) {
      let time = NumberText.span(seconds: seconds)
      lines.append("  " + String(repeating: " ", count: max(0, 10 - time.count)) + time + "  " + text)
    }
    line(
      story.arrivalSeconds,
      story.after.isEmpty ? "arrives" : "arrives; it waits for \(names(story.after))"
    )
    func waits(_ from: Double, _ to: Double, _ verb: String) {
      guard to > from else { return }
      let wait = WaitText(story, from: from, to: to)
      line(from, "\(verb) \(NumberText.span(seconds: to - from)) \(wait.sums)")
      for (time, text) in wait.changes { line(time, "  " + text) }
    }
    var free = story.eligibleSeconds ?? story.arrivalSeconds
    if free > story.arrivalSeconds { line(free, "joins the queue: what it waited for has completed") }
    var holds = HeldStretch.stretches(of: story)[...]
    func tellHolds(until end: Double) {
      while let next = holds.first, next.start < end {
        line(next.start, next.text)
        holds.removeFirst()
      }
    }
    for attempt in story.attempts {
      waits(free, attempt.startSeconds, "waits")
      tellHolds(until: attempt.startSeconds)
      line(attempt.startSeconds, "starts on \(attempt.node)")
      line(attempt.endSeconds, why(attempt) + "; " + fate(attempt))
      free = attempt.endSeconds
      if attempt.backoffSeconds > 0 {
        line(free, "stays out of the queue for \(NumberText.span(seconds: attempt.backoffSeconds))")
        free = min(free + attempt.backoffSeconds, story.startSeconds ?? story.horizonSeconds)
      }
    }
    if let start = story.startSeconds {
      waits(free, start, "waits")
      tellHolds(until: start)
      line(start, "starts on \(places(story))")
      if let end = story.endSeconds {
        line(end, ending(story))
      } else {
        line(story.horizonSeconds, "still runs at the end")
      }
    } else if let end = story.endSeconds, story.state == "cancelled" {
      line(end, "is cancelled: a job that it waits for will never complete")
    } else if let end = story.endSeconds {
      waits(free, end, "waits")
      line(end, "is withdrawn: its time has passed")
    } else if story.state == "rejected" {
      line(free, "is refused because of \(cause(story))")
    } else {
      waits(free, story.horizonSeconds, "waits until the end of the run,")
    }
    tellHolds(until: .infinity)
    if let deadline = story.deadlineSeconds { line(deadline, "deadline, \(judgement(story))") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func judgement(_ story: JobStory) -> String {
    story.metDeadline.map { $0 ? "met" : "missed" } ?? "still ahead"
  }

  private static func names(_ jobs: [String]) -> String {
    jobs.count > 4
      ? jobs.prefix(3).joined(separator: ", ") + " and \(jobs.count - 3) more" : jobs.joined(separator: ", ")
  }

  private static func why(_ attempt: JobStory.Attempt) -> String {
    if attempt.isFailure { return "fails" }
    if attempt.removal == "unhealthy" { return "is stopped: its node fails" }
    if let removal = attempt.removal { return "is stopped: its node goes (\(NodeStoryText.reason(removal)))" }
    return attempt.isPreemption
      ? "is preempted" : "is interrupted: its node failed, left or was taken down"
  }

  /// How the last run ended.
  private static func ending(_ story: JobStory) -> String {
    let lost = story.lostSeconds > 0 ? ", loses \(NumberText.span(seconds: story.lostSeconds))" : ""
    switch story.state {
    case "timed_out":
      return "is killed at its time limit of \(NumberText.span(seconds: story.timeLimitSeconds ?? 0))\(lost)"
    case "failed": return "fails for good: no retry is left\(lost)"
    default: return "ends"
    }
  }

  private static func asks(_ story: JobStory) -> String {
    let gpus = story.gpus == 0 ? "no GPU" : "\(number(story.gpus)) GPU" + (story.gpus > 1 ? "s" : "")
    let model = story.accepts.isEmpty ? "" : " (\(story.accepts))"
    let each = "\(gpus)\(model), \(number(story.cpus)) vCPU, \(story.memoryMiB) MiB"
    let gang = story.workers > 1 ? "\(story.workers) workers (\(story.placement)), each " : ""
    let length = "for \(NumberText.span(seconds: story.durationSeconds))"
    let guess =
      story.estimateSeconds == story.durationSeconds
      ? "" : " (estimated \(NumberText.span(seconds: story.estimateSeconds)))"
    let limit = story.timeLimitSeconds.map { ", limited to \(NumberText.span(seconds: $0))" } ?? ""
    let wants = story.constraints.isEmpty ? "" : "\n  on nodes by \(story.constraints)"
    let owner = "\(story.tenant), \(story.jobClass), priority \(story.priority)"
    return "\(owner): \(gang)\(each), \(length)\(guess)\(limit)\(wants)"
  }

  private static func fate(_ attempt: JobStory.Attempt) -> String {
    let ran = attempt.endSeconds - attempt.startSeconds
    let lost = max(0, ran - attempt.keptSeconds - attempt.overheadSeconds)
    var parts = ["keeps \(NumberText.span(seconds: attempt.keptSeconds)) of work"]
    if lost > 0 { parts.append("loses \(NumberText.span(seconds: lost))") }
    if attempt.overheadSeconds > 0 {
      parts.append("repeated, restarted or saved for \(NumberText.span(seconds: attempt.overheadSeconds))")
    }
    return parts.joined(separator: ", ")
  }

  private static func places(_ story: JobStory) -> String {
    let node = (story.node ?? "a node") + (story.instance.map { ", \($0)" } ?? "")
    return story.pieces > 1 ? "\(node) and \(story.pieces - 1) more" : node
  }

  private static func cause(_ story: JobStory) -> String {
    WaitText.label(story.cause)
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() ? NumberText.grouped(value) : NumberText.grouped(value, decimals: 2)
  }
}

/// Workers of a gang that came to hold and let go together.
private struct HeldStretch {
  var start: Double
  var text: String

  static func stretches(of story: JobStory) -> [HeldStretch] {
    var result: [HeldStretch] = []
    var rest = story.holds[...]
    while let first = rest.first {
      func belongs(_ hold: JobStory.Hold) -> Bool {
        hold.startSeconds == first.startSeconds && hold.endSeconds == first.endSeconds
          && hold.ending == first.ending
      }
      let together = rest.prefix(while: belongs)
      rest = rest.dropFirst(together.count)
      let workers = together.reduce(0) { $0 + $1.workers }
      let nodes = Set(together.map(\.node)).count
      let place = nodes == 1 ? first.node : "\(nodes) nodes"
      let span = NumberText.span(seconds: first.endSeconds - first.startSeconds)
      result.append(
        HeldStretch(
          start: first.startSeconds,
          text: "holds the GPUs of \(workers) of \(story.workers) workers on \(place) for \(span)"
            + end(first.ending)
        )
      )
    }
    return result
  }

  private static func end(_ ending: String) -> String {
    switch ending {
    case "started": ", until the others have theirs"
    case "timed_out": " and gives up"
    case "lost": "; then the node fails, leaves or drains"
    case "withdrawn": " and is withdrawn"
    case "stuck": ", to the end: it can never start"
    default: ", to the end"
    }
  }
}
