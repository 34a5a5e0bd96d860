import ArgumentParser
import Economics
import Foundation
import Handover
import Reporting

/// Files for other programs.
struct HandoverOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the comparison too: .xlsx with live formulas, .md, or .csv (option, year, line, USD).",
      valueName: "file"
    ),
    completion: .file()
  )
  var output: String?

  @Option(
    help: ArgumentHelp("Write the bill of the first option as a FOCUS 1.2 table.", valueName: "file.csv"),
    completion: .file()
  )
  var focus: String?

  @Option(
    help: ArgumentHelp(
      "The day (UTC) on which the measured time begins in the FOCUS table.",
      valueName: "date"
    )
  )
  var start = "2026-01-01"

  static let endings = [".xlsx", ".md", ".csv"]

  func validate() throws {
    if let output, !Self.endings.contains(where: output.lowercased().hasSuffix) {
      throw ValidationError(
        "--output \(output): the name must end with \(Self.endings.joined(separator: ", "))."
      )
    }
    _ = try day()
  }

  private func day() throws -> Date {
    let parts = start.split(separator: "-").compactMap { Int($0) }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0)!
    guard start.count == 10, parts.count == 3,
      let date = calendar.date(from: DateComponents(year: parts[0], month: parts[1], day: parts[2])),
      calendar.dateComponents([.year, .month, .day], from: date)
        == DateComponents(year: parts[0], month: parts[1], day: parts[2])
    else { throw ValidationError("--start \(start): write a day such as 2026-01-31.") }
    return date
  }

  /// Finds out before anything is written what could not be.
  func checkWritable() throws {
    for path in [output, focus].compactMap({ $0 }) { try HandoverFile.checkWritable(path) }
  }

  func write(_ report: TCOReport, _ stored: StoredDemand) throws {
    let comparison = report.comparison
    if let output {
      let workbook = TCOWorkbook.make(
        comparison,
        tornado: report.tornado ?? Tornado(comparison),
        chargeback: report.chargeback,
        about: report.about
      )
      let name = output.lowercased()
      if name.hasSuffix(".xlsx") {
        try XLSXWriter.write(workbook, to: output)
      } else if name.hasSuffix(".md") {
        try HandoverFile.write(WorkbookText.markdown(workbook, title: "Cost of run \(stored.id)"), to: output)
      } else {
        try HandoverFile.write(Self.lines(comparison), to: output)
      }
    }
    if let focus {
      let account = FOCUSTable.Account(
        id: "run-\(stored.id)",
        name: stored.figures.header.name,
        start: try day(),
        gpus: stored.demand.fleet.map(\.gpu).joined(separator: "+")
      )
      let table = FOCUSTable(
        comparison.options[0],
        account,
        bill: report.bill,
        repeatsPerYear: stored.demand.repeatsPerYear
      )
      let usage = stored.usageByDay().map { FOCUSTable.Usage(day: $0.day, tenant: $0.tenant, time: $0.time) }
      try HandoverFile.write(table.csv(usage), to: focus)
    }
  }

  private static func lines(_ comparison: TCOComparison) -> String {
    CSVText.table(
      columns: ["option", "year", "line", "usd"],
      rows: comparison.options.flatMap { option in
        option.schedule.lines.flatMap { line in
          line.amounts.enumerated().filter { $0.element != .zero }.map { year, amount in
            [option.name, "\(year)", line.name, amount.decimalText]
          }
        }
      }
    )
  }
}

/// Writes a text file whole or not at all.
enum HandoverFile {
  /// - Throws: ``HandoverError`` when the file cannot be made or replaced.
  static func checkWritable(_ path: String) throws {
    let folder = (path as NSString).deletingLastPathComponent
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    if isFolder.boolValue { throw HandoverError(path: path, reason: "cannot be written: it is a folder") }
    if exists, access(path, W_OK) != 0 { throw HandoverError(path: path, reason: "cannot be written") }
    if access(folder.isEmpty ? "." : folder, W_OK) != 0 {
      throw HandoverError(path: path, reason: "cannot be written: there is no such folder, or it is closed")
    }
  }

  static func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw HandoverError(path: path, reason: "cannot be written: \(error.localizedDescription)")
    }
  }
}
