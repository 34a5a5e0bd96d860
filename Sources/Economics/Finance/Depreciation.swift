/// How a purchase loses its value in the books.
public enum Depreciation {
  /// Equal parts: `D = (C - S) / n`. Parts are rounded on their running sum,
  /// so that they add up to `C - S` exactly.
  public static func straightLine(capital: Money, residual: Money, years: Int) -> [Money] {
    let loss = capital - residual
    func until(_ year: Int) -> Money { loss * year / years }
    return (1...years).map { until($0) - until($0 - 1) }
  }

  /// Double declining balance, turning to equal parts of the rest as soon as
  /// these are larger, and never below the residual:
  /// `D_t = max(2/n x B_(t-1), (B_(t-1) - S) / (n - t + 1))`.
  public static func doubleDeclining(capital: Money, residual: Money, years: Int) -> [Money] {
    var book = capital
    return (1...years).map { year in
      let wanted = max(book * 2 / years, (book - residual) / (years - year + 1))
      let part = min(wanted, book - residual)
      book = book - part
      return part
    }
  }
}
