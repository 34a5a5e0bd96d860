import Outcome

extension JobColumns {
  var firstStartNanoseconds: [Int64] { startNanoseconds }
  var preemptions: [UInt32] { state.map { _ in 0 } }
}
