import Foundation
import Testing

/// Compares text with a file of the source tree.
///
/// With `HEADROOM_UPDATE_GOLDENS=1` in the environment the file is rewritten
/// instead.
public enum Golden {
  /// - Parameter file: path of the golden file relative to the package's root.
  public static func expect(
    _ text: String,
    equals file: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let url = root.appendingPathComponent(file)
    if ProcessInfo.processInfo.environment["HEADROOM_UPDATE_GOLDENS"] == "1" {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: url)
      return
    }
    let expected = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    #expect(
      text == expected,
      "\(file) differs; HEADROOM_UPDATE_GOLDENS=1 rewrites it",
      sourceLocation: sourceLocation
    )
  }

  /// The package's root folder.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
