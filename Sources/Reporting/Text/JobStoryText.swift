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
    var free = story.eligibleSeconds ?? story.arrivalSeconds
    if free > story.arrivalSeconds { line(free, "joins the queue: what it waited for has completed") }
    for attempt in story.attempts {
      if attempt.startSeconds > free {
        line(free, "waits \(NumberText.span(seconds: attempt.startSeconds - free))")
      }
      line(attempt.startSeconds, "starts on \(attempt.node)")
      line(attempt.endSeconds, why(attempt) + "; " + fate(attempt))
      free = attempt.endSeconds
      if attempt.backoffSeconds > 0 {
        line(free, "stays out of the queue for \(NumberText.span(seconds: attempt.backoffSeconds))")
        free = min(free + attempt.backoffSeconds, story.startSeconds ?? story.horizonSeconds)
      }
    }
    if let start = story.startSeconds {
      if start > free {
        line(free, "waits \(NumberText.span(seconds: start - free)) because of \(cause(story))")
      }
      line(start, "starts on \(places(story))")
      if let end = story.endSeconds {
        line(end, ending(story))
      } else {
        line(story.horizonSeconds, "still runs at the end")
      }
    } else if let end = story.endSeconds, story.state == "cancelled" {
      line(end, "is cancelled: a job that it waits for will never complete")
    } else if let end = story.endSeconds {
      line(free, "waits \(NumberText.span(seconds: end - free)) because of \(cause(story))")
      line(end, "is withdrawn: its time has passed")
    } else if story.state == "rejected" {
      line(free, "is refused because of \(cause(story))")
    } else if story.horizonSeconds > free {
      line(
        free,
        "still waits at the end, \(NumberText.span(seconds: story.horizonSeconds)), because of \(cause(story))"
      )
    }
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
    return
      "\(story.tenant), \(story.jobClass), priority \(story.priority): \(gang)\(each), \(length)\(guess)\(limit)"
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
    let node = story.node ?? "a node"
    return story.pieces > 1 ? "\(node) and \(story.pieces - 1) more" : node
  }

  private static func cause(_ story: JobStory) -> String {
    story.cause == "none" ? "an unrecorded reason" : story.cause.split(separator: "_").joined(separator: " ")
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() ? NumberText.grouped(value) : NumberText.grouped(value, decimals: 2)
  }
}
