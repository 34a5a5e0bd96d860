import Hardware
import Outcome

/// Explains a refusal from the filters' point of view.
extension EventLoop {
  /// Why no node takes the request now; precedence as ``WaitCause`` says.
  func refusalCause(_ request: Request) -> WaitCause {
    guard request.gpuCount > 0 else {
      var anyMemory = request
      anyMemory.memory = 0
      return index.first(anyMemory) >= 0 ? .memory : .cpu
    }
    if request.models != .max {
      var anyModel = request
      anyModel.models = .max
      if index.first(anyModel) >= 0 { return .gpuModel }
    }
    var free: Int64 = 0
    for model in 0..<Fleet.maximumGPUModels where request.models & (1 << UInt64(model)) != 0 {
      free += cluster.freeByModel[model]
    }
    if free < Int64(request.takenMilli) { return .capacity }
    if !index.offersGPUs(request) { return .fragmentation }
    var anyMemory = request
    anyMemory.memory = 0
    return index.first(anyMemory) >= 0 ? .memory : .cpu
  }

  /// Gives a job that waited without being tried itself its cause: the jobs
  /// ahead of it, or, where later jobs may pass, what refused the equal
  /// request that was tried.
  func explainUntried(_ job: Int) {
    guard live.cause[job] == WaitCause.none.rawValue else { return }
    var cause = WaitCause.headOfLine.rawValue
    if case .ordered(_, headOfLineBlocking: false) = input.queue {
      let last = lastCause[Int(shapes[job].rawValue)]
      if last != WaitCause.none.rawValue { cause = last }
    }
    live.cause[job] = cause
  }
}
