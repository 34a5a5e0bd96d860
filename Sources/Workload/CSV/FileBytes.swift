import Glibc

/// Whole files as bytes.
enum FileBytes {
  /// Reads a file into memory at once.
  static func read(_ path: String) throws(TraceError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failure(path) }
    if status.st_mode & S_IFMT == S_IFDIR {
      throw TraceError(file: path, problem: .unreadable("it is a directory"))
    }
    // Pipes state no size: start small and double.
    var capacity = max(Int(status.st_size) + 1, 65_536)
    var bytes: [UInt8] = []
    while true {
      var failed = false
      let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
        while count < buffer.count {
          let got = Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
          if got < 0, errno == EINTR { continue }
          failed = got < 0
          if got <= 0 { break }
          count += got
        }
      }
      if failed { throw failure(path) }
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      if chunk.count < capacity { return bytes }
      capacity = bytes.count
    }
  }

  private static func failure(_ path: String) -> TraceError {
    TraceError(file: path, problem: .unreadable(String(cString: strerror(errno))))
  }
}
