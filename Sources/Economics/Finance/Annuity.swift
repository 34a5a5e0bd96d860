import Glibc

/// The time value of money: what an amount each year is worth at the start.
///
/// Years are whole; payments fall on year ends, a purchase on the start of the
/// first. Rates are per year and above -1.
public enum Annuity {
  /// `1 / (1 + r)^n`.
  public static func discount(rate: Double, years: Int) -> Double { pow(1 + rate, -Double(years)) }

  /// The capital recovery factor `r (1 + r)^n / ((1 + r)^n - 1)`, or `1 / n`
  /// at a rate of 0: the share of a capital to be paid each year, interest
  /// included.
  ///
  /// Computed as `r / (1 - (1 + r)^-n)` with `log1p` and `expm1`, which keeps
  /// all digits at tiny rates.
  public static func recoveryFactor(rate: Double, years: Int) -> Double {
    rate == 0 ? 1 / Double(years) : rate / -expm1(-Double(years) * log1p(rate))
  }

  /// What 1 a year is worth at the start when it changes by a factor of
  /// `1 + growth` each year, the first payment being 1.
  public static func presentValue(rate: Double, years: Int, growth: Double = 0) -> Double {
    var payment = 1.0
    var discount = 1.0
    var sum = 0.0
    for _ in 0..<years {
      discount /= 1 + rate
      sum += payment * discount
      payment *= 1 + growth
    }
    return sum
  }
}
