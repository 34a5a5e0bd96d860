import GRDB

/// A run that was priced, as the results file keeps it.
public struct MoneyRecord: Sendable {
  public struct Option: Sendable {
    public var name: String
    public var service: String
    public var servedPerYear: Double
    public var unservedPerYear: Double
    public var waitingPerYear: Double
    public var presentCost: Double
    public var annualCost: Double
    /// Name, and micro-dollars of years 0, 1, ….
    public var lines: [(name: String, microUSD: [Int64])]

    public init(
      name: String,
      service: String,
      servedPerYear: Double,
      unservedPerYear: Double,
      waitingPerYear: Double,
      presentCost: Double,
      annualCost: Double,
      lines: [(name: String, microUSD: [Int64])]
    ) {
      self.name = name
      self.service = service
      self.servedPerYear = servedPerYear
      self.unservedPerYear = unservedPerYear
      self.waitingPerYear = waitingPerYear
      self.presentCost = presentCost
      self.annualCost = annualCost
      self.lines = lines
    }
  }

  public struct Bar: Sendable {
    public var parameter: String
    public var low: Double
    public var high: Double
    public var worthAtLow: Double
    public var worthAtHigh: Double
    public var worth: Double
    public var against: String

    public init(
      parameter: String,
      low: Double,
      high: Double,
      worthAtLow: Double,
      worthAtHigh: Double,
      worth: Double,
      against: String
    ) {
      self.parameter = parameter
      self.low = low
      self.high = high
      self.worthAtLow = worthAtLow
      self.worthAtHigh = worthAtHigh
      self.worth = worth
      self.against = against
    }
  }

  public var run: Int64
  public var replication: Int
  public var years: Int
  public var costOfCapital: Double
  public var offeredPerYear: Double
  /// JSON.
  public var assumptions: String
  public var options: [Option]
  public var bars: [Bar]
  /// Tenant (empty: nobody), cents, and the idle part of them.
  public var charges: [(tenant: String, cents: Int64, idleCents: Int64)]

  public init(
    run: Int64,
    replication: Int,
    years: Int,
    costOfCapital: Double,
    offeredPerYear: Double,
    assumptions: String,
    options: [Option],
    bars: [Bar],
    charges: [(tenant: String, cents: Int64, idleCents: Int64)]
  ) {
    self.run = run
    self.replication = replication
    self.years = years
    self.costOfCapital = costOfCapital
    self.offeredPerYear = offeredPerYear
    self.assumptions = assumptions
    self.options = options
    self.bars = bars
    self.charges = charges
  }
}

extension ResultStore {
  /// Stores a priced run, all of it or nothing.
  ///
  /// - Returns: the study's number.
  public func write(_ money: MoneyRecord) throws -> Int64 {
    try mappingErrors {
      try queue.write { db in
        try db.execute(
          sql: "INSERT INTO tco_study VALUES (NULL, ?, ?, ?, ?, ?, ?)",
          arguments: [
            money.run, money.replication, money.years, money.costOfCapital, money.offeredPerYear,
            money.assumptions,
          ]
        )
        let study = db.lastInsertedRowID
        for (number, option) in money.options.enumerated() {
          try db.execute(
            sql: "INSERT INTO tco_option VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
              study, number, option.name, option.service, option.servedPerYear, option.unservedPerYear,
              option.waitingPerYear, option.presentCost, option.annualCost,
            ]
          )
          for line in option.lines {
            for (year, amount) in line.microUSD.enumerated() where amount != 0 {
              try db.execute(
                sql: "INSERT INTO cost_line VALUES (?, ?, ?, ?, ?)",
                arguments: [study, number, year, line.name, amount]
              )
            }
          }
        }
        for (place, bar) in money.bars.enumerated() {
          try db.execute(
            sql: "INSERT INTO tco_bar VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
              study, place, bar.parameter, bar.low, bar.high, bar.worthAtLow, bar.worthAtHigh, bar.worth,
              bar.against,
            ]
          )
        }
        for charge in money.charges {
          try db.execute(
            sql: "INSERT INTO charge_line VALUES (?, ?, ?, ?)",
            arguments: [study, charge.tenant, charge.cents, charge.idleCents]
          )
        }
        return study
      }
    }
  }
}
