/// Which MIG profiles could still be placed, in the summary of a run.
enum PlaceabilityText {
  private static let prefix = "mig.placeable."

  /// A line a GPU model; nothing in runs without MIG.
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    report.scopes(of: "model", having: "mig.largest_slots").flatMap { model -> [String] in
      let scope = "model:" + model
      let slots = NumberText.grouped(report.mean("mig.largest_slots", scope), decimals: 1)
      let profiles = report.estimates.filter { $0.scope == scope && $0.name.hasPrefix(prefix) }.map {
        "\($0.name.dropFirst(prefix.count)) \(NumberText.grouped($0.mean, decimals: 1)) %"
      }
      return LineFolding.fold(
        "  placeable on some \(model) (largest: \(slots) memory slots on average): ",
        profiles,
        width: style.width
      )
    }
  }
}
