/// Energy and carbon of an option, a year of the run's demand.
public struct Footprint: Hashable, Sendable {
  /// From the grid, kWh.
  public var energy = 0.0
  /// Of the grid (location-based), kgCO2e.
  public var operational = 0.0
  /// Of making the hardware, spread over its years, kgCO2e.
  public var embodied = 0.0

  /// Owned nodes draw what ``FleetModel`` says; rented instances draw as a node
  /// of the same GPU at full use while they are rented, at the same PUE, in
  /// the grid of their region where it is known.
  ///
  /// - Parameter grid: of the owned site, and of regions that are not known.
  public init(_ option: TCOOption, _ comparison: TCOComparison, grid: GridIntensity) {
    for fleet in option.fleets {
      let values = fleet.model.parameters.typical
      let energy = fleet.model.energy(values, use: fleet.use)
      let power = comparison.power(of: fleet)
      let grams = grid.mean(
        power: power,
        bucket: comparison.demand.bucket,
        start: comparison.demand.startOfDay
      )
      self.energy += energy
      operational += Facility.operationalCarbon(energy: energy, gramsPerKilowattHour: grams)
      embodied += fleet.model.carbon(values, use: fleet.use).embodied
    }
    for rental in option.rentals where rental.kind != .untilDelivery {
      guard let pattern = comparison.models.first(where: { PriceBook.isSame($0.gpu.id, rental.row.gpu) })
      else {
        continue
      }
      let perNode = pattern.parameters.gpusPerNode
      let node = FleetModel(gpu: pattern.gpu, gpus: perNode, parameters: pattern.parameters, years: nil)
      let values = pattern.parameters.typical
      let nodeHours = rental.hoursPerYear * Double(rental.row.gpuCount) / Double(perNode)
      let energy = node.energy(values, use: 1) / OwnershipCase.hoursPerYear * nodeHours
      let place = GridIntensity.of(provider: rental.row.provider, region: rental.row.region) ?? grid
      let grams = place.mean(
        power: comparison.offeredLevels,
        bucket: comparison.demand.bucket,
        start: comparison.demand.startOfDay
      )
      self.energy += energy
      operational += Facility.operationalCarbon(energy: energy, gramsPerKilowattHour: grams)
      embodied +=
        values[CostRole.embodiedCarbon.rawValue] * nodeHours
        / (values[CostRole.life.rawValue] * OwnershipCase.hoursPerYear)
    }
  }
}

extension TCOComparison {
  /// Offered GPUs by bucket, thousandths x ns.
  var offeredLevels: [Double] {
    var levels: [Double] = []
    for kind in demand.kinds {
      levels += Array(repeating: 0, count: max(0, kind.offered.count - levels.count))
      for (bucket, value) in kind.offered.enumerated() { levels[bucket] += Double(value) }
    }
    return levels
  }

  /// Power of owned nodes by bucket, in proportion: idle, and more with the
  /// demand that they hold.
  func power(of fleet: TCOOption.OwnedFleet) -> [Double] {
    let values = fleet.model.parameters.typical
    let all = demand.fleet.reduce(0) { $0 + $1.gpus }
    let capacity = Double(max(1, min(all, fleet.model.gpus))) * 1000 * Double(demand.bucket)
    return offeredLevels.map { fleet.model.power(values, use: min(1, $0 / capacity)) }
  }
}
