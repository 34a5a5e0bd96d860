import Foundation
import Reporting

/// What the program is connected to.
enum Terminal {
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Columns of the terminal at a descriptor; nil when it is none.
  static func columns(_ descriptor: Int32) -> Int? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// How reports on standard output may look.
  static var style: TextStyle {
    let environment = ProcessInfo.processInfo.environment
    let columns = columns(STDOUT_FILENO) ?? environment["COLUMNS"].flatMap(Int.init)
    return TextStyle(isTerminal: isTerminal(STDOUT_FILENO), columns: columns, environment: environment)
  }

  /// One line on standard error.
  static func printError(_ line: String) { writeError(line + "\n") }

  /// Text on standard error, without a line's end. Where nobody can be told,
  /// the work still goes on.
  static func writeError(_ text: String) { _ = put(text, STDERR_FILENO) }

  /// Text on standard output, as it is. Ends the program when that cannot be
  /// written; silently, when the reader of a pipe has had enough.
  static func write(_ text: String) {
    switch put(text, STDOUT_FILENO) {
    case 0: return
    case EPIPE: exit(128 + SIGPIPE)
    case let reason:
      printError("Error: standard output cannot be written: \(String(cString: strerror(reason)))")
      exit(ExitReason.failedRun.rawValue)
    }
  }

  /// Writes all of a text; returns the system's error number, or 0.
  private static func put(_ text: String, _ descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var offset = 0
      while offset < bytes.count {
        let written = Foundation.write(descriptor, bytes.baseAddress! + offset, bytes.count - offset)
        if written >= 0 {
          offset += written
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}
