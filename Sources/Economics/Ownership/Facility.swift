/// Power, rent and carbon of what stands in a data centre.
public enum Facility {
  /// kWh a year drawn from the grid: IT power at its mean load, times the
  /// power usage effectiveness (PUE).
  public static func energy(itKilowatts: Double, load: Double, pue: Double) -> Double {
    itKilowatts * load * OwnershipCase.hoursPerYear * pue
  }

  /// USD a year.
  public static func powerCost(energy kilowattHours: Double, pricePerKilowattHour: Double) -> Money {
    Money(kilowattHours * pricePerKilowattHour)
  }

  /// Colocation a year: contracted power times the monthly rent.
  public static func rent(contractKilowatts: Double, perKilowattMonth: Double) -> Money {
    Money(contractKilowatts * 12 * perKilowattMonth)
  }

  /// kgCO2e a year from the grid.
  ///
  /// - Parameter gramsPerKilowattHour: the grid's location-based intensity.
  public static func operationalCarbon(energy kilowattHours: Double, gramsPerKilowattHour: Double) -> Double {
    kilowattHours * gramsPerKilowattHour / 1000
  }

  /// kgCO2e a year of making the hardware, spread over its life.
  public static func embodiedCarbon(perNode: Double, nodes: Int, years: Int) -> Double {
    perNode * Double(nodes) / Double(years)
  }
}

/// People come in whole posts: below a minimum for the first node, and one
/// more as soon as the nodes are more than the posts can look after.
public enum Staff {
  /// Full-time equivalents.
  ///
  /// - Parameters:
  ///   - minimum: what even the smallest site needs.
  ///   - nodesPerPost: nodes that one post looks after.
  public static func posts(nodes: Int, minimum: Double, nodesPerPost: Double) -> Double {
    let needed = Double(nodes) / nodesPerPost
    return needed <= minimum ? minimum : needed.rounded(.up)
  }
}
