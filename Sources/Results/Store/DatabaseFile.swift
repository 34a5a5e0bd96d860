import Foundation

/// What the file system says about a results file.
struct DatabaseFile {
  let path: String

  private var folder: String { Self.folder(of: path) }

  /// `path` up to its last slash.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    let folder = path[..<slash]
    return folder.isEmpty ? "/" : String(folder)
  }

  /// Whether the path names a folder, by what is there or by how it is
  /// written.
  var isFolder: Bool {
    var isFolder: ObjCBool = false
    let found = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return found ? isFolder.boolValue : path.hasSuffix("/")
  }

  var exists: Bool { FileManager.default.fileExists(atPath: path) }

  /// SQLite writes its journal beside the file, so the folder counts too.
  var isWritable: Bool { access(path, W_OK) == 0 && access(folder, W_OK) == 0 }

  /// Whether a new file (and its folders) could be made here.
  var isCreatable: Bool {
    var ancestor = folder
    while !FileManager.default.fileExists(atPath: ancestor), ancestor != "/", ancestor != "." {
      ancestor = Self.folder(of: ancestor)
    }
    var isFolder: ObjCBool = false
    let found = FileManager.default.fileExists(atPath: ancestor, isDirectory: &isFolder)
    return found && isFolder.boolValue && access(ancestor, W_OK) == 0
  }

  /// What to open for reading.
  ///
  /// A file in WAL mode needs its shared-memory file made beside it. Where
  /// that is impossible and no writer is about (no `-wal` file), SQLite may be
  /// told that the file cannot change.
  var pathForReading: String {
    guard access(folder, W_OK) != 0, !FileManager.default.fileExists(atPath: path + "-wal") else {
      return path
    }
    let absolute = URL(fileURLWithPath: path).absoluteString
    return absolute + "?immutable=1"
  }

  func makeFolder() throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw ResultStoreError.cannotOpen(path: path, reason: "its folder \(folder) cannot be made")
    }
  }

  /// Removes the file and SQLite's companions.
  func remove() {
    for suffix in ["", "-wal", "-shm", "-journal"] {
      try? FileManager.default.removeItem(atPath: path + suffix)
    }
  }
}
