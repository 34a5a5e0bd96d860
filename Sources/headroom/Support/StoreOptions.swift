import ArgumentParser

/// Where results are.
struct StoreOptions: ParsableArguments {
  static let standard = "results/headroom.sqlite"

  @Option(help: ArgumentHelp("The results file (SQLite).", valueName: "file"), completion: .file())
  var db: String = StoreOptions.standard

  func validate() throws {
    if db.isEmpty { throw ValidationError("--db needs the name of a file.") }
  }

  /// The flag that finds the same file again; empty for the usual place.
  var words: String { db == Self.standard ? "" : " --db \(Shell.quoted(db))" }
}
