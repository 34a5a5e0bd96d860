import Foundation
import Synchronization

/// Ctrl-C: the first asks the run to stop, the second ends the program.
enum Interrupt {
  private static let flag = Atomic<Bool>(false)

  /// Starts to listen. Nothing but an atomic store happens in the handler.
  static func listen() {
    // Makes the lazily initialised flag before a handler can need it.
    flag.store(false, ordering: .relaxed)
    signal(SIGINT) { _ in
      Interrupt.flag.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
  }

  static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
