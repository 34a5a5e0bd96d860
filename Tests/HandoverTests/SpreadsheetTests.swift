import Economics
import Foundation
import Hardware
import TestSupport
import Testing

@testable import Handover

@Suite("Spreadsheets", .serialized)
struct SpreadsheetTests {
  private static let hour: Int64 = 3_600_000_000_000
  private let scratch = try! ScratchFolder()

  /// A comparison with every kind of option; two GPU models make the shared
  /// rows and the common team appear.
  private func comparison(
    models: [String] = ["h100-80gb-sxm"],
    _ change: (inout TCOTerms) -> Void = { _ in },
    costs: (inout CostParameters) -> Void = { _ in }
  ) throws -> TCOComparison {
    let gpus = [40, 64, 20, 64, 30]
    let values = gpus.map { Int128($0) * 1000 * Int128(Self.hour) }
    let demand = RunDemand(
      fleet: models.map { .init(gpu: $0, gpus: 64) },
      kinds: models.map { .init(accepts: [$0], offered: values) },
      served: values.reduce(0, +) * Int128(models.count),
      waiting: 0,
      window: Self.hour * Int64(gpus.count),
      bucket: Self.hour
    )
    var terms = TCOTerms(years: 4)
    change(&terms)
    return try TCOComparison(
      demand: demand,
      terms: terms,
      names: ["owned", "aws", "hybrid"],
      parameters: {
        var parameters = CostParameters.builtin(for: $0)
        if parameters != nil { costs(&parameters!) }
        return parameters
      },
      book: .builtin
    )
  }

  private func workbook(_ comparison: TCOComparison) -> Workbook {
    let bill = Chargeback(
      bill: Money(comparison.options[0].annualCost(rate: comparison.rate) / comparison.demand.repeatsPerYear),
      held: [("a", 333_333), ("b", 200_001), ("c", 333_333)],
      capacity: 1_000_000,
      idle: .own
    )
    return TCOWorkbook.make(
      comparison,
      tornado: Tornado(comparison),
      chargeback: bill,
      about: ["a test"]
    )
  }

  /// Opens a file in LibreOffice, which computes every formula anew.
  ///
  /// - Returns: fields by sheet; nil where LibreOffice is not installed.
  private func recalculated(_ path: String) throws -> [String: [[String]]]? {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/soffice") else { return nil }
    let folder = scratch.path("out-\(UUID().uuidString)")
    let profile = scratch.path("profile")
    try FileManager.default.createDirectory(atPath: profile + "/user", withIntermediateDirectories: true)
    try """
    <?xml version="1.0" encoding="UTF-8"?>
    <oor:items xmlns:oor="http://openoffice.org/2001/registry">
    <item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">\
    <value>0</value></prop></item>
    </oor:items>
    """.write(toFile: profile + "/user/registrymodifications.xcu", atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/soffice")
    // All sheets (-1), quoted texts, values and not how they look.
    let filter = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    process.arguments = [
      "-env:UserInstallation=file://\(profile)", "--headless", "--convert-to", filter, "--outdir", folder,
      path,
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    var sheets: [String: [[String]]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
      let sheet = name.dropLast(4).split(separator: "-", maxSplits: 1).last.map(String.init) ?? ""
      sheets[sheet] = text.split(separator: "\n", omittingEmptySubsequences: false).map(Self.fields)
    }
    return sheets
  }

  private static func fields(_ line: Substring) -> [String] {
    var (fields, field, isQuoted) = ([String](), "", false)
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        fields.append(field)
        field = ""
      } else {
        field.append(character)
      }
    }
    return fields + [field]
  }

  /// Every cell against what we computed: amounts to the cent.
  private func expectEqual(_ book: Workbook, _ sheets: [String: [[String]]]) {
    var compared = 0
    for sheet in book.sheets {
      guard let found = sheets[sheet.name] else {
        Issue.record("no sheet \(sheet.name)")
        continue
      }
      for (row, cells) in sheet.rows.enumerated() {
        for (column, cell) in cells.enumerated() {
          guard case .formula(let formula, let value, _) = cell else { continue }
          let text = found[row][column]
          let percent = text.hasSuffix("%")
          let number = Double(percent ? String(text.dropLast()) : text).map { percent ? $0 / 100 : $0 }
          let slack = max(0.005, value.magnitude * 1e-11)
          #expect(
            number.map { abs($0 - value) < slack } ?? false,
            "\(sheet.name) row \(row + 1), column \(column): \(text), ours \(value): \(formula.prefix(200))"
          )
          compared += 1
        }
      }
    }
    #expect(compared > 100)
  }

  @Test("LibreOffice computes our figures to the cent, for every option and term")
  func recalculation() throws {
    let cases = [
      try comparison(),
      try comparison { $0.site = .own },
      try comparison {
        $0.isTaxed = true
        $0.writeOff = .doubleDeclining
      },
      try comparison(models: ["h100-80gb-sxm", "a100-80gb-sxm"]) {
        $0.countsLeadTime = true
        $0.rampWeeks = 20
        $0.storageTerabytes = 50
        $0.egressTerabytesPerMonth = 120
        $0.countsSupport = true
      },
    ]
    for (number, one) in cases.enumerated() {
      let path = scratch.path("case\(number).xlsx")
      let book = workbook(one)
      try XLSXWriter.write(book, to: path)
      guard let sheets = try recalculated(path) else {
        print("skipped: LibreOffice is not installed (libreoffice-calc-nogui)")
        return
      }
      expectEqual(book, sheets)
    }
  }

  @Test("changing an assumption in the spreadsheet gives what we compute for it")
  func changedAssumption() throws {
    let path = scratch.path("typical.xlsx")
    try XLSXWriter.write(workbook(try comparison()), to: path)
    let changed = try comparison(costs: {
      $0[.nodePrice].typical = 270_000
      $0[.pue].typical = 1.5
      $0[.costOfCapital].typical = 0.12
    })
    // A user's change: the numbers of three cells, everything else as written.
    let script = """
      import sys, zipfile, re
      source, target = sys.argv[1:]
      book = zipfile.ZipFile(source)
      out = zipfile.ZipFile(target, "w")
      shared = re.findall(r"<si><t[^>]*>(.*?)</t></si>", book.read("xl/sharedStrings.xml").decode())
      wanted = {"capex.node_hgx_h100_8gpu": "270000", "facility.pue": "1.5", "finance.wacc": "0.12"}
      for name in book.namelist():
          data = book.read(name)
          if name == "xl/worksheets/sheet3.xml":
              text = data.decode()
              for row in re.findall(r"<row .*?</row>", text):
                  label = re.search(r'<c r="A\\d+"[^>]*t="s"[^>]*><v>(\\d+)</v>', row)
                  if label and shared[int(label.group(1))] in wanted:
                      value = wanted[shared[int(label.group(1))]]
                      new = re.sub(r'(<c r="B\\d+"[^>]*><v>)[^<]*', lambda m: m.group(1) + value, row)
                      assert new != row
                      text = text.replace(row, new)
              data = text.encode()
          out.writestr(name, data)
      out.close()
      """
    let edited = scratch.path("edited.xlsx")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", script, path, edited]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    guard let sheets = try recalculated(edited) else {
      print("skipped: LibreOffice is not installed (libreoffice-calc-nogui)")
      return
    }
    let comparison = try #require(sheets["Comparison"])
    for option in changed.options where !option.name.hasPrefix("hybrid") {
      let row = try #require(comparison.first { $0.first == option.name })
      let present = try #require(Double(row[4]))
      #expect(abs(present - option.presentCost(rate: changed.rate)) < 0.005, "\(option.name)")
    }
  }

  @Test("the same comparison gives the same bytes, and a file that cannot be written is told")
  func bytes() throws {
    let book = workbook(try comparison())
    let paths = [scratch.path("a.xlsx"), scratch.path("b.xlsx")]
    for path in paths { try XLSXWriter.write(book, to: path) }
    let files = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
    #expect(files[0] == files[1] && files[0].count > 10_000)
    #expect(throws: HandoverError.self) { try XLSXWriter.write(book, to: scratch.path("no/such/a.xlsx")) }
  }

  @Test("Markdown has every sheet with its values")
  func markdown() throws {
    let text = WorkbookText.markdown(workbook(try comparison()), title: "Cost")
    for sheet in ["Comparison", "Assumptions", "Fleet", "Cash flow", "Sensitivity", "Chargeback"] {
      #expect(text.contains("## \(sheet)\n"))
    }
    #expect(text.contains("| facility.pue | 1.3 | 1.1 | 1.56 | ratio |"))
    let table = CSVText.table(columns: ["a", "b,c"], rows: [["d\"e", ""]])
    #expect(table == "a,\"b,c\"\r\n\"d\"\"e\",\r\n")
  }

  @Test("column letters count as spreadsheets do")
  func letters() {
    #expect([0, 25, 26, 51, 52, 701, 702].map(Sheet.letters) == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"])
  }
}
