import Glibc

/// A file that appears whole or not at all.
///
/// Bytes go to a temporary file beside the target; ``commit()`` flushes it to
/// the disk and renames it. Dropped before that, the temporary file is
/// removed and the target is as it was. A target that exists and is no
/// regular file (a pipe, a terminal) is written directly.
struct AtomicFile: ~Copyable {
  private let path: String
  /// Where the bytes go first; nil when straight to the target.
  private let temporary: String?
  private let descriptor: Int32
  private var isCommitted = false

  init(path: String) throws(TraceError) {
    self.path = path
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      temporary = nil
      descriptor = open(path, O_WRONLY | O_CLOEXEC)
    } else {
      (temporary, descriptor) = Self.create(beside: path)
    }
    guard descriptor >= 0 else { throw Self.failure(path) }
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
  func write(_ bytes: [UInt8]) throws(TraceError) {
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
  consuming func commit() throws(TraceError) {
    if let temporary {
      guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Self.failure(path) }
    }
    isCommitted = true
    guard close(descriptor) == 0 else { throw Self.failure(path) }
  }

  private static func failure(_ path: String) -> TraceError {
    TraceError(file: path, problem: .unwritable(String(cString: strerror(errno))))
  }
}
