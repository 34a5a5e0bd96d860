import Economics
import Foundation
import Hardware
import TestSupport
import Testing
import Workload

@testable import Handover

@Suite("FOCUS 1.2")
struct FOCUSTests {
  private static let hour: Int64 = 3_600_000_000_000

  private func comparison() throws -> TCOComparison {
    let values = [40, 64, 20].map { Int128($0) * 1000 * Int128(Self.hour) }
    return try TCOComparison(
      demand: RunDemand(
        fleet: [.init(gpu: "h100-80gb-sxm", gpus: 64)],
        kinds: [.init(accepts: [], offered: values)],
        served: values.reduce(0, +),
        waiting: 0,
        window: Self.hour * 3,
        bucket: Self.hour
      ),
      terms: TCOTerms(years: 4),
      names: ["owned", "aws", "hybrid"],
      parameters: { CostParameters.builtin(for: $0) },
      book: .builtin
    )
  }

  /// Rows by column.
  private func rows(_ option: TCOOption) throws -> [[String: String]] {
    let account = FOCUSTable.Account(
      id: "run-1",
      name: "test",
      start: Date(timeIntervalSince1970: 1_769_817_600),  // 2026-01-31
      gpus: "h100-80gb-sxm"
    )
    let table = FOCUSTable(option, account, bill: Money(1234.57), repeatsPerYear: 2920)
    let usage = [(0, "a", 5), (0, "", 2), (1, "a", 3), (1, "b", 4)].map {
      FOCUSTable.Usage(day: $0, tenant: $1, time: Int128($2) * 3_600_000_000_000_000)
    }
    let scratch = try ScratchFolder()
    let path = try scratch.write(table.csv(usage))
    var reader = try CSVReader(path: path, expecting: ["BilledCost"])
    var rows: [[String: String]] = []
    while try reader.next() {
      var row: [String: String] = [:]
      for (field, name) in reader.header.enumerated() {
        row[name] = reader.isEmpty(field) ? "" : try reader.text(field)
      }
      rows.append(row)
    }
    return rows
  }

  @Test("effective cost adds up to the bill to the cent; owned usage is not billed, its purchase is")
  func sums() throws {
    for option in try comparison().options.prefix(2) {
      let rows = try rows(option)
      func cents(_ column: String) -> Int {
        rows.reduce(0) { $0 + Int((Double($1[column]!)! * 100).rounded()) }
      }
      #expect(cents("EffectiveCost") == 123_457)
      let usage = rows.filter { $0["ChargeCategory"] == "Usage" }
      #expect(usage.count == 4)
      if option.name == "owned" {
        #expect(usage.allSatisfy { $0["BilledCost"] == "0" })
        #expect(rows.first?["BilledCost"] == "3244500.00" && rows.first?["EffectiveCost"] == "0")
      } else {
        #expect(rows.count == 4 && cents("BilledCost") == 123_457)
      }
    }
  }

  @Test("what an owned base rents beside it has the cloud as its issuer")
  func hybrid() throws {
    let option = try #require(try comparison().options.last)
    #expect(option.name == "hybrid with aws" && !option.fleets.isEmpty)
    let rows = try rows(option)
    let burst = try #require(rows.first { $0["ChargeDescription"]?.hasSuffix("burst, on demand") == true })
    #expect(burst["ProviderName"] == "aws" && burst["InvoiceIssuerName"] == "aws")
    #expect(rows.first?["ProviderName"] == "Own data centre")
  }

  @Test("a day belongs to the billing period of its month; ends are exclusive")
  func periods() throws {
    let rows = try rows(try comparison().options[1])
    #expect(rows[0]["ChargePeriodStart"] == "2026-01-31T00:00:00Z")
    #expect(rows[0]["ChargePeriodEnd"] == "2026-02-01T00:00:00Z")
    #expect(rows[0]["BillingPeriodEnd"] == "2026-02-01T00:00:00Z")
    #expect(rows[2]["BillingPeriodStart"] == "2026-02-01T00:00:00Z")
    #expect(rows[1]["SubAccountId"] == "idle")
  }

  @Test(
    "all 57 columns are there, and hold what the table of columns allows",
    .enabled(if: DataFolder.has("tco/focus_1_2_columns.csv"), "needs the public tables")
  )
  func columns() throws {
    let path = DataFolder.path("tco/focus_1_2_columns.csv")
    var reader = try CSVReader(path: path, expecting: ["column"])
    let name = try reader.column("column")
    let nulls = try reader.column("allows_nulls")
    let type = try reader.column("data_type")
    var known: Set<String> = []
    let all = try comparison().options.prefix(2).flatMap { try self.rows($0) }
    while try reader.next() {
      let column = try reader.text(name)
      known.insert(column)
      for row in all {
        let value = try #require(row[column])
        if try reader.text(nulls) == "false" {
          #expect(!value.isEmpty, "\(column) must not be empty")
        }
        guard !value.isEmpty else { continue }
        switch try reader.text(type) {
        case "Decimal": #expect(Double(value) != nil, "\(column): \(value)")
        case "Date/Time": #expect(value.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
        case "JSON": #expect((try? JSONSerialization.jsonObject(with: Data(value.utf8))) is [String: Any])
        default: break
        }
      }
    }
    #expect(known == Set(FOCUSColumn.allCases.map(\.rawValue)))
    #expect(known.count == 57)
  }
}
