import Economics

/// An estimate for programs.
struct EstimateDocument: Encodable {
  struct Offer: Encodable {
    var contract: String
    var priceUsdGpuH: Double
    var price: PriceRowDocument
    var npvUsd: Double
    var irr: Double?
    var irrState: String
    var paybackYearsSimple: Double?
    var paybackYearsDiscounted: Double?
    var roiUndiscounted: Double?
    var breakEvenUtilisation: Double?
    var breakEvenCloudPriceUsdGpuH: Double?
    var rentedUsdYear: [Double]

    init(_ offer: QuickEstimate.Offer) {
      let result = offer.result
      contract = offer.contract.rawValue
      priceUsdGpuH = offer.price
      price = PriceRowDocument(PriceBook.Entry(row: offer.row, flaws: offer.flaws))
      npvUsd = result.netPresentValue
      irr = result.internalRate.rate
      irrState = irr == nil ? QuickQuantities.reason(result.internalRate) : "unique"
      paybackYearsSimple = result.simplePayback.years
      paybackYearsDiscounted = result.discountedPayback.years
      roiUndiscounted = result.returnOnInvestment
      breakEvenUtilisation = result.breakEvenUtilisation
      breakEvenCloudPriceUsdGpuH = result.breakEvenCloudPrice
      rentedUsdYear = result.rents.map(\.units)
    }
  }

  struct Owned: Encodable {
    var capexUsd: Double
    var residualUsd: Double
    var lifeYears: Int
    var opexUsdYear: [String: Double]
    var equivalentAnnualCostUsd: Double
    var costPerAvailableGpuHour: Double
    var costPerUtilisedGpuHour: Double?
    var energyKwhYear: Double
    var carbonKgYearOperational: Double
    var carbonKgYearEmbodied: Double
  }

  var format = "headroom-tco-estimate/1"
  var gpu: String
  var gpus: Int
  var nodes: Int
  var use: Double
  var owned: Owned?
  var offers: [Offer]
  var passedOver: [PriceRowDocument]
  var assumptions: [AssumptionDocument]
  var notCounted: [String]
  var uncertainty: [UncertaintyDocument.Part]?

  init(_ estimate: QuickEstimate, _ report: UncertaintyReport) {
    uncertainty = report.isEmpty ? nil : UncertaintyDocument(report).parts
    gpu = estimate.model.gpu.id
    gpus = estimate.model.gpus
    nodes = estimate.model.nodes
    use = estimate.use
    owned = estimate.offers.first.map { offer in
      let input = offer.result.input
      let (model, typical) = (estimate.model, estimate.model.parameters.typical)
      let carbon = model.carbon(typical, use: estimate.use)
      return Owned(
        capexUsd: input.capital.units,
        residualUsd: input.residual.units,
        lifeYears: input.years,
        opexUsdYear: Dictionary(uniqueKeysWithValues: input.runningCosts.map { ($0.name, $0.perYear.units) }),
        equivalentAnnualCostUsd: offer.result.equivalentAnnualCost,
        costPerAvailableGpuHour: offer.result.costPerAvailableGPUHour,
        costPerUtilisedGpuHour: offer.result.costPerUsedGPUHour,
        energyKwhYear: model.energy(typical, use: estimate.use),
        carbonKgYearOperational: carbon.operational,
        carbonKgYearEmbodied: carbon.embodied
      )
    }
    offers = estimate.offers.map(Offer.init)
    passedOver = estimate.passedOver.map(PriceRowDocument.init)
    assumptions = estimate.model.parameters.ofEstimates.map(AssumptionDocument.init)
    notCounted = QuickEstimate.notCounted
  }
}
