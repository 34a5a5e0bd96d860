import ArgumentParser
import Foundation
import Handover
import Results

/// What other programs read.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a stored run for other programs.",
    discussion: """
      Spreadsheets and FOCUS tables of costs come from `headroom tco RUN --output FILE --focus FILE`.

      Examples:
        headroom export notebook 3 -o notebooks-export
      """,
    subcommands: [Notebook.self]
  )

  struct Notebook: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "notebook",
      abstract: "Write a Jupyter notebook that redraws a run's main pictures, and its data as CSV.",
      discussion: """
        The notebook reads the results file where it is there, and the CSV files beside it otherwise. It needs Python \
        with matplotlib, nothing else. Cash flow and tornado are drawn when the run was priced with \
        `headroom tco RUN --save`.

        Examples:
          headroom export notebook 3 -o notebooks-export
          jupyter lab notebooks-export/run-3.ipynb
        """
    )

    @Argument(help: ArgumentHelp("The number of the run; without one, the latest.", valueName: "run"))
    var number: Int64?

    @OptionGroup var store: StoreOptions

    @Option(help: ArgumentHelp("The replication.", valueName: "n"))
    var replication = 0

    @Option(
      name: .shortAndLong,
      help: ArgumentHelp("The folder, made when needed.", valueName: "folder"),
      completion: .directory
    )
    var output = "notebooks-export"

    func run() throws {
      try Failure.reporting {
        let results = try ResultStore(path: store.db, access: .read)
        let figures = try results.figures(run: number)
        let id = figures.id ?? 0
        guard figures.replications.contains(where: { $0.number == replication }) else {
          throw InputError(
            "run \(id) has no replication \(replication); it has 0 to \(figures.replications.count - 1)"
          )
        }
        let notebook = NotebookFile(
          database: Self.relative(store.db, to: output),
          run: id,
          replication: replication,
          title: "\(figures.header.name), run \(id)"
        )
        let files = try NotebookExport.files(of: notebook, tables: results.tables()) {
          sql,
          run,
          replication in
          try results.rows(sql, run: run, replication: replication)
        }
        do {
          try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        } catch {
          throw HandoverError(path: output, reason: "the folder cannot be made")
        }
        for file in files { try HandoverFile.write(file.text, to: "\(output)/\(file.name)") }
        Terminal.write("\(output)/\(notebook.name) and \(files.count - 1) CSV files\n")
      }
    }

    /// A path as seen from a folder.
    static func relative(_ path: String, to folder: String) -> String {
      func parts(_ path: String) -> [String] { URL(fileURLWithPath: path).standardizedFileURL.pathComponents }
      let (target, from) = (parts(path), parts(folder))
      let shared = zip(target, from).prefix { $0 == $1 }.count
      return (Array(repeating: "..", count: from.count - shared) + target[shared...]).joined(separator: "/")
    }
  }
}
