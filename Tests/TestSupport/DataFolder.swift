import Foundation

/// The public data that some tests compare with; it is not part of the project.
///
/// The folder is named by the environment variable `HEADROOM_DATA`, or it is
/// `../shared/data` next to the package. Tests that need a file of it are
/// skipped where the file is missing.
public enum DataFolder {
  /// Where the data is, or would be.
  public static let root: URL = {
    if let path = ProcessInfo.processInfo.environment["HEADROOM_DATA"] {
      return URL(fileURLWithPath: path)
    }
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    return package.deletingLastPathComponent().appendingPathComponent("shared/data")
  }()

  /// The path of a file, such as `openb/openb_node_list_gpu_node.csv`.
  public static func path(_ file: String) -> String { root.appendingPathComponent(file).path }

  /// Whether the file is there.
  public static func has(_ file: String) -> Bool { FileManager.default.fileExists(atPath: path(file)) }
}
