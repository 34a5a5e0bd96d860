/// The order of events at one instant. The raw value sits in the low bits of
/// the event key.
///
/// Releases free their GPUs before arrivals of the instant are placed; there
/// is at most one placement pass an instant, after everything that could give
/// it work.
enum Phase {
  static let release: UInt8 = 0
  static let repair: UInt8 = 1
  static let fault: UInt8 = 2
  static let arrival: UInt8 = 3
  static let timer: UInt8 = 4
  static let placement: UInt8 = 5
}
