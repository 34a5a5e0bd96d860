import Glibc

/// A file that appears whole or not at all.
///
/// Bytes go to a temporary file beside the target; ``commit()`` flushes it to
/// the disk and renames it. Dropped before that, the temporary file is
/// removed and the target is as it was. A symbolic link stays: the file that
/// it leads to is the target. An existing file keeps its mode. A target that
/// exists and is no regular file (a pipe, a terminal) is written directly.
public struct AtomicFile: ~Copyable {
  /// As the caller named it, for messages.
  private let path: String
  /// The same, with links followed.
  private let target: String
  /// Where the bytes go first; nil when straight to the target.
  private let temporary: String?
  private let descriptor: Int32
  private var isCommitted = false

  public init(path: String) throws(TraceError) {
    self.path = path
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT != S_IFREG {
      target = path
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      target = Self.followingLinks(path)
      (temporary, descriptor) = Self.create(beside: target)
    }
    guard descriptor >= 0 else { throw Self.failure(path) }
    // Some file systems have no modes; the file is more important.
    if exists { _ = fchmod(descriptor, status.st_mode & 0o7777) }
  }

  /// Writes a file whole or not at all.
  public static func write(_ text: String, to path: String) throws(TraceError) {
    let file = try AtomicFile(path: path)
    try file.write(Array(text.utf8))
    try file.commit()
  }

  /// Where a path leads, also when nothing is there yet.
  private static func followingLinks(_ path: String) -> String {
    let mostLinks = 40
    var path = path
    for _ in 0..<mostLinks {
      var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let length = buffer.withUnsafeMutableBytes { readlink(path, $0.baseAddress!, $0.count) }
      guard length > 0 else { return path }
      let link = String(decoding: buffer[..<length], as: UTF8.self)
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
      path = link.hasPrefix("/") ? link : folder + link
    }
    return path
  }

  /// A new file next to the target. Leftovers of killed processes, which may
  /// have had this process's number, are stepped over.
  private static func create(beside path: String) -> (name: String, descriptor: Int32) {
    let most = 100
    for attempt in 0..<most {
      let name = "\(path).\(getpid())-\(attempt).part"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 || errno != EEXIST { return (name, descriptor) }
    }
    return (path, -1)
  }

  deinit {
    guard descriptor >= 0, !isCommitted else { return }
    close(descriptor)
    if let temporary { unlink(temporary) }
  }

  /// Appends bytes.
  public func write(_ bytes: [UInt8]) throws(TraceError) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress! + offset, $0.count - offset)
      }
      if written < 0 {
        if errno == EINTR { continue }
        throw Self.failure(path)
      }
      offset += written
    }
  }

  /// Makes the file appear.
  public consuming func commit() throws(TraceError) {
    if let temporary {
      guard fsync(descriptor) == 0, rename(temporary, target) == 0 else { throw Self.failure(path) }
    }
    isCommitted = true
    guard close(descriptor) == 0 else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> TraceError {
    TraceError(file: path, problem: .unwritable(String(cString: strerror(errno))))
  }
}
