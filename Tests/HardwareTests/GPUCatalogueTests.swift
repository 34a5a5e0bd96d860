import Foundation
import Hardware
import TestSupport
import Testing

@Suite("GPU catalogue")
struct GPUCatalogueTests {
  let catalogue = GPUCatalogue.builtin

  @Test("no two boards answer to the same name")
  func namesAreUnique() {
    var owner: [String: String] = [:]
    for model in catalogue.models {
      for name in Set(([model.id, model.name] + model.aliases).map { $0.lowercased() }) {
        #expect(owner[name] == nil, "\(name) belongs to \(owner[name] ?? "") and \(model.id)")
        owner[name] = model.id
      }
    }
  }

  @Test(
    "a board is found by id, name or alias, whatever the case",
    arguments: [
      ("h100-80gb-sxm", "h100-80gb-sxm"), ("H100", "h100-80gb-sxm"), ("A100 40GB SXM4", "a100-40gb-sxm"),
      ("nvidia-l40s", "l40s"), ("T4", "t4"), ("V100M32", "v100-32gb-sxm"),
    ]
  )
  func lookup(name: String, id: String) {
    #expect(catalogue.model(named: name)?.id == id)
  }

  @Test("an unknown board is not found, and its neighbours are suggested")
  func unknown() {
    #expect(catalogue.model(named: "G2") == nil)
    #expect(catalogue.suggestions(for: "h100-80gb-sxn").first == "h100-80gb-sxm")
  }

  @Test("a scenario may add a board, replace one, but not take another's name")
  func define() throws {
    var mine = catalogue
    var board = try #require(mine.model(named: "l4"))
    board.tdpWatts = Sourced(80, source: "scenario.yaml", confidence: .stated)
    #expect(mine.define(board) == nil)
    #expect(mine.models.count == catalogue.models.count)
    #expect(mine.model(named: "L4")?.tdpWatts.value == 80)
    board.id = "l5"
    #expect(mine.define(board) == "L4")
    board.name = "L5"
    board.aliases = []
    #expect(mine.define(board) == nil)
    #expect(mine.models.count == catalogue.models.count + 1)
  }

  @Test("usable memory lies within the board's name")
  func usableMemory() throws {
    for model in catalogue.models {
      guard let usable = model.usableMemoryMiB?.value else { continue }
      let nominalMiB = model.memoryGB.value * 1024
      #expect(Double(usable) > 0.85 * nominalMiB && Double(usable) <= nominalMiB, "\(model.id)")
    }
  }
}

@Suite("GPU catalogue against the collected table")
struct GPUTableTests {
  static let file = "hardware/gpus.csv"

  @Test("every figure equals the table", .enabled(if: DataFolder.has(file), "hardware/gpus.csv is not here"))
  func figures() throws {
    let rows = try Self.rows()
    #expect(Set(rows.compactMap { $0["id"] }) == Set(GPUCatalogue.all.map(\.id)))
    for row in rows {
      let id = try #require(row["id"])
      let model = try #require(GPUCatalogue.builtin.model(named: id))
      let comment = Comment(rawValue: id)
      #expect(model.name == row["name"], comment)
      #expect(model.architecture == row["architecture"], comment)
      #expect(model.formFactor == row["form_factor"], comment)
      #expect(model.memoryType == row["mem_type"], comment)
      let numbers: [(String, Double?)] = [
        ("launch_year", Double(model.launchYear.value)), ("mem_gb", model.memoryGB.value),
        ("mem_bw_gbs", model.memoryBandwidthGBs.value), ("bf16_dense_tflops", model.halfTFLOPS.value),
        ("fp8_dense_tflops", model.fp8TFLOPS?.value), ("tf32_dense_tflops", model.tf32TFLOPS?.value),
        ("fp32_tflops", model.fp32TFLOPS.value), ("tdp_w", model.tdpWatts.value),
        ("idle_w", model.idleWatts?.value), ("nvlink_gbs", model.nvlinkGBs.value),
        ("pcie_gen", Double(model.pcieGeneration.value)), ("sm_count", Double(model.smCount.value)),
        ("mig_max_instances", Double(model.maximumMIGInstances.value)),
      ]
      for (column, ours) in numbers {
        #expect(ours == Double(row[column] ?? ""), "\(id) \(column)")
      }
      #expect(String(model.isMIGCapable) == row["mig_capable"], comment)
      #expect(String(model.hasECC.value) == row["ecc"], comment)
    }
  }

  @Test(
    "what the table marks as captured is captured, and nothing else",
    .enabled(if: DataFolder.has(file), "hardware/gpus.csv is not here")
  )
  func confidence() throws {
    for row in try Self.rows() {
      let model = try #require(GPUCatalogue.builtin.model(named: row["id"] ?? ""))
      let captured = Self.marked("M", in: row["checked"] ?? "")
      #expect((model.tdpWatts.confidence == .measured) == captured.contains("tdp"), "\(model.id) tdp")
      #expect((model.idleWatts?.confidence == .measured) == captured.contains("idle"), "\(model.id) idle")
      #expect((model.memoryGB.confidence == .measured) == captured.contains("mem"), "\(model.id) mem")
      #expect((model.pcieGeneration.confidence == .measured) == captured.contains("pcie"), "\(model.id) pcie")
      let read = Self.marked("S", in: row["checked"] ?? "")
      #expect((model.smCount.confidence == .secondary) == read.contains("sm"), "\(model.id) sm")
      #expect((model.memoryBandwidthGBs.confidence == .secondary) == read.contains("bw"), "\(model.id) bw")
      #expect((model.tdpWatts.confidence == .secondary) == read.contains("tdp"), "\(model.id) tdp")
      #expect((model.nvlinkGBs.confidence == .secondary) == read.contains("nvlink"), "\(model.id) nvlink")
      let tensor = !read.isDisjoint(with: ["tflops", "bf16", "fp16"])
      #expect((model.halfTFLOPS.confidence == .secondary) == tensor, "\(model.id) bf16")
      let vector = !read.isDisjoint(with: ["tflops", "fp32"])
      #expect((model.fp32TFLOPS.confidence == .secondary) == vector, "\(model.id) fp32")
    }
  }

  /// The figures that a `checked` text such as `M:tdp,idle S:bw,tflops` lists
  /// under a letter.
  static func marked(_ letter: Character, in checked: String) -> Set<String> {
    var group: Substring = ""
    var figures: [Character: String] = [:]
    for word in checked.split(separator: " ") {
      if word.dropFirst().first == ":" { group = word }
      figures[group.first ?? " ", default: ""] += group == word ? String(word.dropFirst(2)) : " \(word)"
    }
    return Set((figures[letter] ?? "").split(separator: ",").map(String.init))
  }

  /// The table's rows by column name; quoted fields hold commas, no quotes.
  static func rows() throws -> [[String: String]] {
    let text = try String(contentsOfFile: DataFolder.path(file), encoding: .utf8)
    let lines = text.split(separator: "\n").map { line in
      var fields = [""]
      var quoted = false
      for letter in line {
        switch letter {
        case "\"": quoted.toggle()
        case "," where !quoted: fields.append("")
        default: fields[fields.count - 1].append(letter)
        }
      }
      return fields
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }
}
