import Economics

/// All that was found about the cost of a stored run.
public struct TCOReport: Sendable {
  public var source: TCOText.Source
  /// By price book: the first is the one that the details are about.
  public var books: [(name: String, comparison: TCOComparison)]
  public var tornado: Tornado?
  /// Of the owned site.
  public var grid = GridIntensity.constant(0, source: "")
  public var joint: JointUncertainty?
  public var chargeback: Chargeback?
  public var verdicts: [Budget.Verdict] = []
  /// Jobs to list, the dearest first.
  public var listedJobs = 0

  public init(source: TCOText.Source, books: [(name: String, comparison: TCOComparison)]) {
    self.source = source
    self.books = books
  }

  public var comparison: TCOComparison { books[0].comparison }

  /// The levelled cost of the first option over the measured time.
  public var bill: Money {
    Money(comparison.options[0].annualCost(rate: comparison.rate) / comparison.demand.repeatsPerYear)
  }

  /// What the figures rest on, a sentence a line.
  public var about: [String] {
    [
      "Run \(source.run), \(source.name), policy \(source.policy), replication \(source.replication).",
      "\(NumberText.span(seconds: source.seconds)) measured stand for each of \(comparison.terms.years) years.",
      "Prices: \(books[0].name). Amounts in USD; payments of a year fall on its end, the purchase on the start.",
      "Not counted: \(comparison.terms.notCounted.joined(separator: ", ")).",
      "Change a value on the sheet Assumptions: everything else follows. The size of a hybrid's base and the "
        + "number of commitments stay as they were computed.",
    ]
  }

  /// The dearest jobs; equal ones in their order.
  var dearestJobs: [Chargeback.JobLine] {
    guard let jobs = chargeback?.jobs, listedJobs > 0 else { return [] }
    let order = jobs.indices.sorted { (jobs[$1].cents, $0) < (jobs[$0].cents, $1) }
    return order.prefix(listedJobs).map { jobs[$0] }
  }
}
