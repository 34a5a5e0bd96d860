import Foundation
import TestSupport
import Testing
import Workload

@testable import Economics

@Suite("The worked case")
struct GoldenCaseTests {
  private static let file = "tco/golden_case.csv"

  /// The inputs of the worked case and those of its energy, which are not rows
  /// of the published table. Staff is 200,000 / 75, with nine decimals: from
  /// the six that are printed, the last digit of NPV does not follow.
  static let inputs = """
    quantity,value
    input.capex_usd,375200
    input.residual_usd,56280.0
    input.life_years,4
    input.wacc,0.1
    input.gpus,8
    input.utilisation,0.7
    input.cloud_price_usd_gpu_h,3.99
    opex.power_usd_year,8711.82
    opex.rent_usd_year,22521.6
    opex.maintenance_usd_year,18760.0
    opex.staff_usd_year,2666.666666667
    input.it_kw,10.2
    input.load,0.75
    input.pue,1.3
    input.energy_price_usd_kwh,0.10
    input.carbon_g_kwh,323.05

    """

  @Test("all 32 rows come out to the printed digit", .enabled(if: DataFolder.has(file)))
  func allRows() throws {
    let scratch = try ScratchFolder()
    let given = try QuickCase(path: scratch.write(Self.inputs))
    let ours = QuickQuantities(given)
    let rows = try String(contentsOfFile: DataFolder.path(Self.file), encoding: .utf8).split(separator: "\n")
      .dropFirst()
    #expect(rows.count == 32)
    for row in rows {
      let parts = row.split(separator: ",").map(String.init)
      let found = try #require(ours[parts[0]]?.value, "\(parts[0])")
      let decimals = parts[1].split(separator: ".").dropFirst().first?.count ?? 0
      #expect(
        abs(found - Double(parts[1])!) <= 0.5 * pow(10, -Double(decimals)) * (1 + 1e-9),
        "\(parts[0]): \(found) is not \(parts[1])"
      )
    }
  }

  @Test("the power bill follows from the power when it is not given")
  func powerBill() throws {
    let scratch = try ScratchFolder()
    let text = Self.inputs.replacing("opex.power_usd_year,8711.82\n", with: "")
    let ours = QuickQuantities(try QuickCase(path: scratch.write(text)))
    #expect(ours["opex.power_usd_year"]?.value == 8711.82)
    #expect(ours["opex.total_usd_year"]?.value == 52660.086666667)
  }

  @Test(
    "what is wrong in a file is told with its place",
    arguments: [
      ("input.wacc,0.1", "input.wacc,-1", ":5:12: `input.wacc` is -1; accepted: a rate a year above -1"),
      ("input.wacc,0.1", "input.wacc,x", ":5:12: `value` is `x`, which is no number"),
      ("input.wacc,0.1", "input.wacc,nan", ":5:12: `value` is `nan`, which is no number"),
      ("input.wacc,0.1", "input.wac,0.1", ":5:1: `quantity` is `input.wac`; did you mean `input.wacc`"),
      ("input.wacc,0.1", "npv_usd,5", ":5:1: `npv_usd` is computed, not given; remove the row"),
      ("input.wacc,0.1", "input.gpus,8", ":6:1: the name `input.gpus` is taken by line 5"),
      (
        "input.residual_usd,56280.0", "input.residual_usd,-1",
        ":3:20: `input.residual_usd` is -1; accepted: 0"
      ),
      ("input.residual_usd,56280.0", "input.residual_usd,", ":3:20: `value` is empty"),
      ("input.residual_usd,56280.0", "input.residual_usd,400000", ":3:20: `input.residual_usd` is more than"),
      ("input.residual_usd,56280.0\n", "", ": the file has no row `input.residual_usd`; add it"),
      (
        "input.life_years,4", "input.life_years,4.5",
        ":4:18: `input.life_years` is 4.5; accepted: whole years"
      ),
      ("opex.rent_usd_year,22521.6", "opex.rent_usd_year,-3", ":10:20: `opex.rent_usd_year` is -3; accepted"),
    ]
  )
  func badInput(line: String, replacement: String, expected: String) throws {
    let text = Self.inputs.replacing(line, with: replacement)
    let scratch = try ScratchFolder()
    let file = try scratch.write(text, as: "case.csv")
    let error = #expect(throws: TraceError.self) { try QuickCase(path: file) }
    #expect(error?.description.hasPrefix(file + expected) == true, "\(error?.description ?? "nothing")")
  }
}
