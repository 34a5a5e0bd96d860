import Foundation
import Synchronization

/// Ctrl-C: the first asks the run to stop, the second ends the program.
enum Interrupt {
  private static let flag = Atomic<Bool>(false)

  /// Starts to listen. Nothing but an atomic store happens in the handler.
  static func listen() {
    // Makes the lazily initialised flag before a handler can need it.
    flag.store(false, ordering: .relaxed)
    // A parent may have started us with the signal blocked.
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGINT)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    signal(SIGINT) { _ in
      Interrupt.flag.store(true, ordering: .relaxed)
      signal(SIGINT, SIG_DFL)
    }
  }

  static var isRequested: Bool { flag.load(ordering: .relaxed) }
}
