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
  static func printError(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }

  /// Text on standard output, as it is.
  static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
}
