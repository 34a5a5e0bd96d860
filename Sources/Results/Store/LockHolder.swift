import Foundation

/// Tells who holds the lock on a database, for the error message.
enum LockHolder {
  /// `process 4711 (sqlite3)`, or nil when the kernel does not say.
  ///
  /// Reads `/proc/locks`. (Asking `fcntl` would need a descriptor on the file,
  /// and closing it would drop the locks of other connections of this
  /// process.)
  static func name(of path: String) -> String? {
    guard let table = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return nil }
    // In WAL mode the write lock is a lock on the shared-memory file.
    for file in [path + "-shm", path] {
      guard let inode = inode(of: file) else { continue }
      for line in table.split(separator: "\n") {
        // 1: POSIX ADVISORY WRITE 4711 08:01:1311 120 120
        let fields = line.split(separator: " ")
        guard fields.count >= 6, fields.contains("WRITE"), fields[5].hasSuffix(":\(inode)"),
          let process = Int(fields[4]), process > 0
        else { continue }
        let command = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        let name = command?.trimmingCharacters(in: .whitespacesAndNewlines)
        return "process \(process)" + (name.map { " (\($0))" } ?? "")
      }
    }
    return nil
  }

  private static func inode(of path: String) -> UInt64? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.systemFileNumber] as? NSNumber)?.uint64Value
  }
}
