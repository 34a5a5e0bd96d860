import Foundation
import Testing

/// Texts that the code must produce, kept as files.
///
/// `HEADROOM_UPDATE_GOLDENS=1` writes them anew.
enum Golden {
  static let package: URL = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  static let updates = ProcessInfo.processInfo.environment["HEADROOM_UPDATE_GOLDENS"] == "1"

  /// Compares `text` with the file at `path`, seen from the package.
  static func expect(
    _ text: String,
    equals path: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let url = package.appendingPathComponent(path)
    if updates {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: url)
      return
    }
    let expected = (try? String(contentsOf: url, encoding: .utf8)) ?? "(no file \(path))"
    #expect(text == expected, sourceLocation: sourceLocation)
  }
}
