import ArgumentParser
import Economics

/// What a comparison counts beside demand and prices.
struct TCOTermOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Years that the run stands for.", valueName: "n"))
  var years = 4

  @Option(
    help: ArgumentHelp(
      "Where owned nodes stand: colocation or own (a building, facility.build_cost).",
      valueName: "site"
    )
  )
  var site = FleetModel.Site.colocation

  @Flag(help: "Count tax: costs and write-off save finance.tax_rate of themselves.")
  var tax = false

  @Option(
    help: ArgumentHelp(
      "How the purchase is written off: straight-line or double-declining.",
      valueName: "rule"
    )
  )
  var writeOff = TCOTerms.WriteOff.straightLine

  @Flag(help: "Count the time until owned GPUs are delivered (lifecycle.lead_time_*); until then it rents.")
  var leadTime = false

  @Option(
    help: ArgumentHelp("Weeks in which the demand rises evenly to that of the run.", valueName: "weeks")
  )
  var ramp = 0.0

  @Option(help: ArgumentHelp("Data kept beside the GPUs, TB.", valueName: "tb"))
  var storage = 0.0

  @Option(help: ArgumentHelp("Data sent to the internet, TB a month.", valueName: "tb"))
  var egress = 0.0

  @Flag(help: "Count the clouds' support plans (cloud.support_fraction of the rent).")
  var support = false

  func validate() throws {
    if !(1...100).contains(years) { throw ValidationError("--years must be 1 ... 100.") }
    for (name, value, most) in [("ramp", ramp, 520), ("storage", storage, 1e6), ("egress", egress, 1e6)]
    where !(0...most).contains(value) {
      throw ValidationError("--\(name) must be 0 ... \(Int(most)).")
    }
    if writeOff != .straightLine, !tax { throw ValidationError("--write-off goes with --tax.") }
  }

  var terms: TCOTerms {
    var terms = TCOTerms(years: years)
    terms.site = site
    terms.isTaxed = tax
    terms.writeOff = writeOff
    terms.countsLeadTime = leadTime
    terms.rampWeeks = ramp
    terms.storageTerabytes = storage
    terms.egressTerabytesPerMonth = egress
    terms.countsSupport = support
    return terms
  }
}

extension TCOTerms.WriteOff: ExpressibleByArgument {}
extension FleetModel.Site: ExpressibleByArgument {}
