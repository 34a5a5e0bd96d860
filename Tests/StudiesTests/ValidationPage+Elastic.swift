import Foundation
import SimulationKernel
import Testing

extension ElasticModel {
  private static let header = """

    ## Nodes that come and go

    Auto nodes of one GPU through the whole engine, against what theory says of machines that fail and of servers without
    limit; 20 seeds with their 99.9 % Student-t interval, which must hold the exact value.

    | model | formula | exact | ours | interval |
    |---|---|---|---|---|

    """

  /// The section of the validation page, a row a quantity.
  static func page() throws -> String {
    var text = header
    for model in all {
      for (quantity, interval) in zip(model.quantities, try model.intervals()) {
        #expect(interval.contains(quantity.exact), "\(quantity.name): \(interval) against \(quantity.exact)")
        let numbers = [quantity.exact, interval.mean, interval.halfWidth].map { String(format: "%.4f", $0) }
        text +=
          "| \(quantity.name) | \(quantity.formula) | \(numbers[0]) | \(numbers[1]) | ± \(numbers[2]) |\n"
      }
    }
    return text
  }
}
