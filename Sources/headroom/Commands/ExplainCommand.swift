import ArgumentParser
import Reporting
import Results

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell what happened to one job or node of a stored run, and why.",
    discussion: """
      Each second of each wait has one cause; docs/waiting.md says which one where several hold. Runs stored by an \
      older version name the cause of the last refusal only. Of a node that comes and goes, its lives are told: what it \
      was asked for, its stages, what removed it, and which runs that stopped (docs/auto-nodes.md).

      Examples:
        headroom explain 3 train-17
        headroom explain 3 17 --replication 4 --json
        headroom explain 3 node burst-7
      """
  )

  @Argument(help: ArgumentHelp("The number of the run (see `headroom runs`).", valueName: "run"))
  var number: Int64

  @Argument(
    help: ArgumentHelp(
      "The job's name, or its position in order of arrival from 0; `node` before the name of a node.",
      valueName: "job"
    )
  )
  var job: String

  @Argument(help: ArgumentHelp("The node's name, after `node`.", valueName: "node"))
  var node: String?

  @Option(help: ArgumentHelp("Which replication, from 0.", valueName: "n"))
  var replication = 0

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print the story as JSON, times in seconds.")
  var json = false

  func validate() throws {
    if let node, job != "node" {
      throw ValidationError("Name one job, or a node as `node \(node)`; found '\(job) \(node)'.")
    }
  }

  func run() throws {
    try Failure.reporting {
      let results = try ResultStore(path: store.db, access: .read)
      if let node {
        let story = try results.story(ofNode: node, run: number, replication: replication)
        return Terminal.write(json ? try NodeStoryText.json(story) : NodeStoryText.text(story))
      }
      let story = try results.story(ofJob: job, run: number, replication: replication)
      Terminal.write(json ? try JobStoryText.json(story) : JobStoryText.text(story))
    }
  }
}
