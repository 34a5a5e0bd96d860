/// Facts that several trace formats state alike.
extension CSVReader {
  /// The GPUs of a request: thousandths are 1 ... 1000 each, below 1000 only
  /// for a single GPU, and 0 without GPUs.
  func gpuRequest(count: Int, milli: Int) throws(TraceError) -> (count: Int32, milli: Int32) {
    let gpus = try int32(count)
    let thousandths = try int32(milli, in: 0...1000)
    if gpus == 0, thousandths != 0 {
      throw error(
        at: milli,
        .contradiction("a share of a GPU without GPUs", hint: "`\(header[milli])` is 0 then")
      )
    }
    if gpus == 1, thousandths == 0 {
      throw error(at: milli, .outOfRange(column: header[milli], found: "0", accepted: "1 to 1000"))
    }
    if gpus > 1, thousandths != 1000 {
      throw error(
        at: milli,
        .contradiction(
          "a part of each of several GPUs",
          hint: "`\(header[milli])` is 1000 for more than one GPU"
        )
      )
    }
    return (gpus, thousandths)
  }
}
