import Planning

/// A check as JUnit XML: one test case for each budget in each cell. Details
/// stand in the body, since some viewers ignore attributes.
public enum CheckJUnit {
  public static func text(_ report: CheckReport) -> String {
    let counts =
      "tests=\"\(report.results.count)\" failures=\"\(report.results(.fail).count)\" errors=\"0\" "
      + "skipped=\"\(report.results(.skipped).count)\""
    let cases = report.results.map { testCase($0, of: report) }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites \(counts)>
        <testsuite name="\(escaped(report.suite))" \(counts)>
      \(cases.joined(separator: "\n"))
        </testsuite>
      </testsuites>

      """
  }

  private static func testCase(_ result: BudgetResult, of report: CheckReport) -> String {
    let group = escaped("\(report.suite).\(result.cell)")
    let name = escaped("\(result.budget.metric.name) \(result.budget.scope)")
    let lead = "    <testcase classname=\"\(group)\" name=\"\(name)\""
    let detail = escaped(
      "\(result.cell): \(BudgetText.metric(result.budget)) was \(BudgetText.base(result)), is "
        + "\(BudgetText.now(result)), change \(BudgetText.change(result)); \(BudgetText.limits(result.budget))"
    )
    let verdict = escaped(BudgetText.verdict(result))
    switch result.outcome {
    case .fail:
      return "\(lead)>\n      <failure type=\"regression\" message=\"\(detail)\">\(detail)</failure>\n"
        + "    </testcase>"
    case .skipped: return "\(lead)>\n      <skipped message=\"\(verdict)\"/>\n    </testcase>"
    case .warn, .pass:
      return "\(lead)>\n      <system-out>\(verdict): \(detail)</system-out>\n    </testcase>"
    }
  }

  /// XML 1.0 has no words for most control characters: a `?` stands for them.
  private static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.unicodeScalars.append(scalar.value < 32 ? "?" : scalar)
      }
    }
    return out
  }
}
