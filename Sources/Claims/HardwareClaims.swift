import Hardware
import Scenario

/// Claims about boards, from the catalogue's figures.
enum HardwareClaims {
  static func memoryBandwidth(_ claim: LoadedClaim) throws -> ClaimResult {
    let (gpu, other) = (try ClaimTest.gpu(claim.gpu, claim), try ClaimTest.gpu(claim.other, claim))
    let memory = gpu.memoryGB.value / other.memoryGB.value
    let bandwidth = gpu.memoryBandwidthGBs.value / other.memoryBandwidthGBs.value
    func isNear(_ value: Double, _ claimed: Double) -> Bool { (value / claimed - 1).magnitude <= 0.05 }
    let right = [isNear(memory, claim.above), isNear(bandwidth, claim.below)].count { $0 }
    let isSwapped = right == 0 && isNear(memory, claim.below) && isNear(bandwidth, claim.above)
    return claim.result(
      .init(right, of: 2),
      isSwapped
        ? "The two are swapped: it is \(Figure.hundredths(memory)) times the memory and "
          + "\(Figure.hundredths(bandwidth)) times the bandwidth."
        : "It is \(Figure.hundredths(memory)) times the memory and \(Figure.hundredths(bandwidth)) times the bandwidth.",
      [
        ["", gpu.id, other.id, "ratio", "claimed"],
        row("memory, GB", gpu.memoryGB.value, other.memoryGB.value, claim.above),
        row("bandwidth, GB/s", gpu.memoryBandwidthGBs.value, other.memoryBandwidthGBs.value, claim.below),
      ],
      command: "headroom catalog show \(gpu.id)"
    )
  }

  /// Peak rates bound the speed of training; measured ratios are lower.
  static func trainingSpeed(_ claim: LoadedClaim) throws -> ClaimResult {
    let (gpu, other) = (try ClaimTest.gpu(claim.gpu, claim), try ClaimTest.gpu(claim.other, claim))
    var table = [["", gpu.id, other.id, "ratio"]]
    let half = gpu.halfTFLOPS.value / other.halfTFLOPS.value
    let bandwidth = gpu.memoryBandwidthGBs.value / other.memoryBandwidthGBs.value
    func add(_ name: String, _ a: Double, _ b: Double) {
      table.append([name, Figure.whole(a), Figure.whole(b), Figure.hundredths(a / b)])
    }
    add("BF16, TFLOPS", gpu.halfTFLOPS.value, other.halfTFLOPS.value)
    add("bandwidth, GB/s", gpu.memoryBandwidthGBs.value, other.memoryBandwidthGBs.value)
    if let fp8 = gpu.fp8TFLOPS { add("FP8 against BF16, TFLOPS", fp8.value, other.halfTFLOPS.value) }
    table.append(["measured: 7B model, FP8 against BF16 (MosaicML)", "", "", "3.00"])
    table.append(["measured: convolutional networks", "", "", "1.3 to 1.5"])
    let isBounded = half <= claim.below && bandwidth <= claim.below && half >= claim.above
    return claim.result(
      isBounded ? .inPart : .fails,
      "Holds as \(Figure.tenths(claim.above)) to \(Figure.hundredths(half)): with the same number format nothing exceeds "
        + "the ratio of peak rates, and what waits for memory gains \(Figure.hundredths(bandwidth)).",
      table,
      command: "headroom catalog show \(gpu.id)"
    )
  }

  private static func row(_ name: String, _ a: Double, _ b: Double, _ claimed: Double) -> [String] {
    [name, Figure.whole(a), Figure.whole(b), Figure.hundredths(a / b), Figure.hundredths(claimed)]
  }
}
