import TestSupport
import Testing

@Suite("Money on the command line")
struct MoneyTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  private let rows = """
    quantity,value
    input.capex_usd,375200
    input.residual_usd,56280.0
    input.life_years,4
    input.wacc,0.1
    input.gpus,8
    input.utilisation,0.7
    input.cloud_price_usd_gpu_h,3.99
    opex.total_without_parts_usd_year,52660.086667

    """

  @Test("tco quick prints what the rows determine, as text and as JSON")
  func file() throws {
    let path = try scratch.write(rows)
    let text = try program.run("tco", "quick", path)
    #expect(text.code == 0)
    #expect(text.output.contains("payback_years_simple"))
    let json = try program.run("tco", "quick", path, "--json")
    #expect(json.code == 0)
    #expect(json.output.contains("\"break_even_utilisation\" : 0.56826582503"))
  }

  @Test("bad rows end with 2 and tell their place; wrong flags with 64")
  func bad() throws {
    let path = try scratch.write(rows.replacing("input.wacc,0.1", with: "input.wacc,-1"))
    let outcome = try program.run("tco", "quick", path)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("\(path):5:12: `input.wacc` is -1"))
    #expect(try program.run("tco", "quick").code == 64)
    #expect(try program.run("tco", "quick", path, "--gpu", "h100").code == 64)
  }

  @Test("tco quick from a few words lists prices and assumptions with their sources")
  func words() throws {
    let outcome = try program.run(
      "tco",
      "quick",
      "--gpu",
      "H100-SXM",
      "--count",
      "64",
      "--use",
      "0.7",
      "--against",
      "lambda,aws"
    )
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("lambda, on demand"))
    #expect(outcome.output.contains("Uptime survey 2025"))
    #expect(outcome.output.contains("not counted: tax"))
    let typo = try program.run(
      "tco",
      "quick",
      "--gpu",
      "h100",
      "--count",
      "8",
      "--use",
      "0.7",
      "--against",
      "lamda"
    )
    #expect(typo.code == 2)
    #expect(typo.errors.contains("did you mean `lambda`?"))
  }

  @Test("prices lists, shows and checks")
  func prices() throws {
    #expect(
      try program.run("prices", "list", "--gpu", "h100-sxm", "--provider", "aws").output.contains("6.8800")
    )
    #expect(try program.run("prices", "show", "p5.48xlarge").output.contains("55.0400 USD/h"))
    #expect(try program.run("prices", "check").output.contains("not used: price of the GPUs only"))
    let missing = try program.run("prices", "list", "--gpu", "h1000")
    #expect(missing.code == 2)
    #expect(missing.errors.contains("did you mean"))
  }
}
