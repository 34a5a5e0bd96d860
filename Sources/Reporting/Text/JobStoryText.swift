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
    line(story.arrivalSeconds, "arrives")
    var free = story.arrivalSeconds
    for attempt in story.attempts {
      if attempt.startSeconds > free {
        line(free, "waits \(NumberText.span(seconds: attempt.startSeconds - free))")
      }
      line(attempt.startSeconds, "starts on \(attempt.node)")
      let why =
        attempt.isPreemption ? "is preempted" : "is interrupted: its node failed, left or was taken down"
      line(attempt.endSeconds, why + "; " + fate(attempt))
      free = attempt.endSeconds
    }
    if let start = story.startSeconds {
      if start > free {
        line(free, "waits \(NumberText.span(seconds: start - free)) because of \(cause(story))")
      }
      line(start, "starts on \(places(story))")
      if let end = story.endSeconds {
        line(end, "ends")
      } else {
        line(story.horizonSeconds, "still runs at the end")
      }
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
    return lines.joined(separator: "\n") + "\n"
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
    let wants = story.constraints.isEmpty ? "" : "\n  on nodes by \(story.constraints)"
    return
      "\(story.tenant), \(story.jobClass), priority \(story.priority): \(gang)\(each), \(length)\(guess)\(wants)"
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
