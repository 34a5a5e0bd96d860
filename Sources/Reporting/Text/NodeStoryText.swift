import Foundation
import Results

/// What happened to one node, line by line.
public enum NodeStoryText {
  /// The story with its fields' names as keys, sorted.
  public static func json(_ story: NodeStory) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return String(decoding: try encoder.encode(story), as: UTF8.self) + "\n"
  }

  public static func text(_ story: NodeStory) -> String {
    var title = ["\(story.node) · run \(story.run), replication \(story.replication)", machine(story)]
    if let pool = story.pool { title.append("pool \(pool)") }
    if let price = story.usdPerHour, price > 0 { title.append("USD \(usd(price)) an hour") }
    var lines = [title.joined(separator: " · ")]
    if story.lives.isEmpty {
      let starts = "\(NumberText.grouped(Double(story.starts))) jobs started on it in the measured window"
      lines.append(
        story.hasLives
          ? "  does not come and go: it is a node of the fleet from the beginning, or was never asked for; \(starts)"
          : "  stored by an older version, without the lives of nodes; \(starts)"
      )
    }
    for (number, life) in story.lives.enumerated() {
      lines.append("")
      lines.append(heading(life, number, of: story))
      lines += told(life, story).map { time, text in
        let at = NumberText.span(seconds: time)
        return "  " + String(repeating: " ", count: max(0, 10 - at.count)) + at + "  " + text
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func machine(_ story: NodeStory) -> String {
    story.gpuModel.map { "\(story.gpus) x \($0)" } ?? "no GPU"
  }

  private static func heading(_ life: NodeStory.Life, _ number: Int, of story: NodeStory) -> String {
    let span = NumberText.span(seconds: (life.endSeconds ?? story.horizonSeconds) - life.startSeconds)
    let cost = life.usd.map { ", USD \(usd($0))" } ?? ""
    let lost = life.stops.reduce(0) { $0 + $1.lostGPUHours }
    let work =
      life.stops.isEmpty
      ? ""
      : "; stopped \(count(life.stops.count, "run")), which lost \(NumberText.hours(lost)) GPU-hours of work"
    return "Life \(number + 1) of \(story.lives.count): \(span)\(cost)\(work)"
  }

  /// Everything with its time, in order; of one instant, what was decided comes
  /// before the stage that it leads to.
  private static func told(_ life: NodeStory.Life, _ story: NodeStory) -> [(time: Double, text: String)] {
    var decided = life.disruptions.map { (time: $0.seconds, text: says($0)) }
    decided += life.stops.map { stop -> (time: Double, text: String) in
      let lost =
        stop.lostSeconds > 0 ? "loses \(NumberText.span(seconds: stop.lostSeconds)) of work" : "loses no work"
      return (
        stop.seconds, "stops \(stop.job) after \(NumberText.span(seconds: stop.ranSeconds)), which \(lost)"
      )
    }
    if life.stages.first?.stage != "launching" { decided.append((life.startSeconds, purpose(life))) }
    var then = life.stages.enumerated().map { place, stage -> (time: Double, text: String) in
      let before = stage.stage == "up" && place > 0 ? life.stages[place - 1].stage : ""
      let text =
        switch before {
        case "cordoned": "takes work again: nothing came in its place"
        case "failed": "is mended"
        default: says(stage, life)
        }
      return (time: stage.startSeconds, text: text)
    }
    if let job = life.firstJob, let time = life.firstRunSeconds {
      let which = life.runs == 1 ? "the only run on it" : "the first of \(life.runs) runs on it"
      then.append((time, "\(job) starts, \(which)"))
    }
    then.append(
      life.endSeconds.map { ($0, "is gone") } ?? (story.horizonSeconds, "still exists when the run ends")
    )
    return (decided + then).enumerated().sorted { a, b in
      (a.element.time, a.offset) < (b.element.time, b.offset)
    }.map(\.element)
  }

  private static func purpose(_ life: NodeStory.Life) -> String {
    switch life.purpose {
    case "initial": "is there when the run begins"
    case "kept": "is asked for: so many nodes of its pool are kept"
    case "replacement":
      life.replaces.isEmpty ? "is asked for" : "is asked for in place of \(names(life.replaces))"
    default: "is asked for: jobs wait, or room is to be kept free"
    }
  }

  private static func says(_ stage: NodeStory.Stage, _ life: NodeStory.Life) -> String {
    // What was decided has been told with its reason.
    let isTold = life.removal == life.disruptions.last?.removal
    let drains = life.stages.contains { $0.stage == "draining" }
    let why = isTold ? "" : life.removal.map { ": \(reason($0))" } ?? ""
    return switch stage.stage {
    case "launching": purpose(life)
    case "joining": "its machine runs"
    case "gpu_stack": "is a node; drivers and device plugin start"
    case "up": "is up"
    case "cordoned": "takes no new work, and waits for what replaces it"
    case "draining": "what runs on it is told to stop\(why)"
    case "failed": "fails, and is down"
    case "terminating": "is going\(drains ? "" : why)"
    default: "is \(stage.stage)"
    }
  }

  private static func says(_ decided: NodeStory.Disruption) -> String {
    let with = decided.others.isEmpty ? "" : " with \(names(decided.others))"
    let coming =
      decided.replacements.isEmpty
      ? "" : "; \(names(decided.replacements)) \(decided.replacements.count == 1 ? "comes" : "come") instead"
    let price =
      decided.replacements.isEmpty && decided.others.isEmpty
      ? "" : " (USD \(usd(decided.usdPerHour)) an hour becomes \(usd(decided.replacementUSDPerHour)))"
    return "is chosen to go\(with): \(reason(decided.removal))\(coming)\(price)"
  }

  static func reason(_ name: String) -> String {
    switch name {
    case "underused": "what runs on it fits elsewhere or on a cheaper node"
    case "expired": "it has lived as long as it may"
    case "interrupted": "the provider takes it back"
    case "launch_timeout": "its machine did not run in time"
    case "unhealthy": "it was down for too long"
    case "registration_timeout": "it did not join in time"
    default: name
    }
  }

  private static func names(_ nodes: [String]) -> String {
    nodes.count > 4
      ? nodes.prefix(3).joined(separator: ", ") + " and \(nodes.count - 3) more"
      : nodes.joined(separator: ", ")
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
  private static func usd(_ value: Double) -> String { NumberText.grouped(value, decimals: 2) }
}
