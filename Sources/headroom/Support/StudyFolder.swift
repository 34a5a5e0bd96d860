import ArgumentParser
import Foundation

/// Where a study's data is.
enum StudyFolder {
  /// The text of the default, for help.
  static func defaults(_ folder: String) -> String {
    "$HEADROOM_DATA/\(folder), else ../shared/data/\(folder)"
  }

  /// The folder named by `--data`, or the default.
  ///
  /// - Parameters:
  ///   - folder: below the data folder, such as `openb`.
  ///   - contents: what it holds, for the message.
  static func find(_ data: String?, folder: String, contents: String) throws -> String {
    let variable = ProcessInfo.processInfo.environment["HEADROOM_DATA", default: ""]
    let path = data ?? (variable.isEmpty ? "../shared/data" : variable) + "/" + folder
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw InputError(
        "\(path): no such folder; name the folder of \(contents) with --data, or the one that holds "
          + "\(folder) with the environment variable HEADROOM_DATA (docs/validation.md says where to get it)"
      )
    }
    return path
  }
}

/// Lists on the command line.
enum FlagList {
  /// The names in a flag's text: at least one, none of them twice.
  static func names(_ text: String, _ flag: String) throws -> [String] {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if names.contains("") {
      throw ValidationError("\(flag) takes names separated by commas, found '\(text)'.")
    }
    try checkDifferent(names, flag)
    return names
  }

  /// Refuses values that are named twice.
  static func checkDifferent(_ values: [some Hashable], _ flag: String) throws {
    var seen: Set<AnyHashable> = []
    for value in values where !seen.insert(value).inserted {
      throw ValidationError("\(flag) names \(value) twice.")
    }
  }
}
