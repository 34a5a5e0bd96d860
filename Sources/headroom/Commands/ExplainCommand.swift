import ArgumentParser
import Reporting
import Results

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Tell what happened to one job of a stored run, and why it waited.",
    discussion: """
      Each second of each wait has one cause; docs/waiting.md says which one where several hold. Runs stored by an \
      older version name the cause of the last refusal only.

      Examples:
        headroom explain 3 train-17
        headroom explain 3 17 --replication 4 --json
      """
  )

  @Argument(help: ArgumentHelp("The number of the run (see `headroom runs`).", valueName: "run"))
  var number: Int64

  @Argument(
    help: ArgumentHelp("The job's name, or its position in order of arrival from 0.", valueName: "job")
  )
  var job: String

  @Option(help: ArgumentHelp("Which replication, from 0.", valueName: "n"))
  var replication = 0

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print the story as JSON, times in seconds.")
  var json = false

  func run() throws {
    try Failure.reporting {
      let results = try ResultStore(path: store.db, access: .read)
      let story = try results.story(ofJob: job, run: number, replication: replication)
      Terminal.write(json ? try JobStoryText.json(story) : JobStoryText.text(story))
    }
  }
}
