import Hardware

/// The GPU catalogue for people.
public enum CatalogueText {
  /// One line a board.
  public static func list(_ models: [GPUModel], style: TextStyle) -> String {
    var table = TextTable(style: style, firstNumeric: 2)
    table.add(["GPU", "name", "memory GB", "GB/s", "BF16 TFLOPS", "FP8 TFLOPS", "W", "NVLink GB/s", "MIG"])
    for model in models {
      table.add([
        model.id, model.name, number(model.memoryGB.value), number(model.memoryBandwidthGBs.value),
        number(model.halfTFLOPS.value), model.fp8TFLOPS.map { number($0.value) } ?? "-",
        number(model.tdpWatts.value), model.nvlinkGBs.value > 0 ? number(model.nvlinkGBs.value) : "-",
        model.isMIGCapable ? "\(model.maximumMIGInstances.value)" : "-",
      ])
    }
    return table.lines(hangingTitle: true).joined(separator: "\n") + "\n"
  }

  /// All figures of one board, each with its source.
  public static func page(_ model: GPUModel, style: TextStyle) -> String {
    var table = TextTable(style: style, firstNumeric: 4)
    func add<Value>(_ label: String, _ figure: Sourced<Value>?, _ text: (Value) -> String) {
      guard let figure else { return table.add([label, "not published", "", ""]) }
      table.add([label, text(figure.value), figure.confidence.rawValue, figure.source])
    }
    add("launched", model.launchYear) { "\($0)" }
    add("memory", model.memoryGB) { "\(number($0)) GB \(model.memoryType)" }
    add("usable memory", model.usableMemoryMiB) { "\($0) MiB" }
    add("memory bandwidth", model.memoryBandwidthGBs) { "\(number($0)) GB/s" }
    add(model.hasBF16.value ? "BF16, dense" : "FP16, dense", model.halfTFLOPS) { "\(number($0)) TFLOPS" }
    add("FP8, dense", model.fp8TFLOPS) { "\(number($0)) TFLOPS" }
    add("TF32, dense", model.tf32TFLOPS) { "\(number($0)) TFLOPS" }
    add("FP32", model.fp32TFLOPS) { "\(number($0)) TFLOPS" }
    add("power limit", model.tdpWatts) { "\(number($0)) W" }
    add("idle power", model.idleWatts) { "\(number($0)) W" }
    add("NVLink", model.nvlinkGBs) { $0 > 0 ? "\(number($0)) GB/s" : "none" }
    add("PCIe generation", model.pcieGeneration) { "\($0)" }
    add("multiprocessors", model.smCount) { "\($0)" }
    add("MIG instances", model.maximumMIGInstances) { $0 > 0 ? "\($0)" : "not capable" }
    add("ECC", model.hasECC) { $0 ? "yes" : "no" }
    var lines = [
      style.heading("\(model.name) · \(model.id)"), "  \(model.architecture), \(model.formFactor)",
    ]
    if !model.aliases.isEmpty { lines.append("  also called \(model.aliases.joined(separator: ", "))") }
    lines += [""] + table.lines()
    if !model.note.isEmpty { lines += ["", "  \(model.note)"] }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  private static func number(_ value: Double) -> String {
    NumberText.grouped(value, decimals: value == value.rounded() ? 0 : 1)
  }
}
