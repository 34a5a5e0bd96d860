import Foundation

/// Finds the files that a scenario names, and reads them.
struct FilePlaces: Sendable {
  /// A path may begin with this word: the folder of public traces.
  static let dataWord = "${HEADROOM_DATA}"
  /// Where the word points when the environment says nothing, seen from the
  /// current directory.
  static let standardData = "../shared/data"

  var environment: [String: String]

  /// The path as the operating system takes it: the data word filled in,
  /// anything else relative to the folder of `file`.
  func resolve(_ path: String, from file: String) -> String {
    if path.hasPrefix(Self.dataWord) {
      let folder = environment["HEADROOM_DATA"].flatMap { $0.isEmpty ? nil : $0 } ?? Self.standardData
      return folder + path.dropFirst(Self.dataWord.count)
    }
    if path.hasPrefix("/") { return path }
    let folder = (file as NSString).deletingLastPathComponent
    return folder.isEmpty ? path : (folder as NSString).appendingPathComponent(path)
  }

  /// Why `path` cannot be read as a file; nil when it can.
  func fault(of path: String, written: String) -> (message: String, hint: String)? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return ("no such file; found '\(written)', which means '\(path)'", Self.hint(forMissing: written))
    }
    if isFolder.boolValue { return ("is a folder; found '\(written)'; accepted: a file", "") }
    guard FileManager.default.isReadableFile(atPath: path) else {
      return ("the file cannot be read; found '\(written)'", "check its permissions")
    }
    return nil
  }

  /// Why `path` cannot be used as a folder; nil when it can.
  func fault(ofFolder path: String, written: String) -> (message: String, hint: String)? {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return ("no such folder; found '\(written)', which means '\(path)'", Self.hint(forMissing: written))
    }
    return isFolder.boolValue ? nil : ("is a file; found '\(written)'; accepted: a folder", "")
  }

  private static func hint(forMissing written: String) -> String {
    written.hasPrefix(dataWord)
      ? "set the environment variable HEADROOM_DATA to the folder of the public traces"
      : "paths are relative to the file that holds them"
  }

  /// The text of the file that the user named.
  ///
  /// - Throws: ``ScenarioError`` when it cannot be read.
  func textOfRoot(_ path: String) throws -> String {
    var diagnostics = DiagnosticList()
    let place = Origin.file(path, line: 0, column: 0)
    if let fault = fault(of: path, written: path) {
      diagnostics.add(place, "", fault.message)
    } else if let text = text(of: path) {
      return text
    } else {
      diagnostics.add(place, "", "the file is not UTF-8 text")
    }
    throw ScenarioError(diagnostics: diagnostics.found)
  }

  /// The text of a file without a byte-order mark; nil when it is not UTF-8.
  func text(of path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    guard let text = String(data: data, encoding: .utf8) else { return nil }
    return text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
  }
}

extension FilePlaces {
  /// The path in a form that holds wherever the text is put: absolute, unless
  /// it begins with the data word.
  func absolute(_ path: String, from file: String) -> String {
    if path.hasPrefix(Self.dataWord) { return path }
    return URL(fileURLWithPath: resolve(path, from: file)).standardizedFileURL.path
  }
}
