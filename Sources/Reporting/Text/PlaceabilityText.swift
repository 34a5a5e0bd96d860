/// Which MIG profiles could still be placed, in the summary of a run.
enum PlaceabilityText {
  private static let prefix = "mig.placeable."

  /// A line a GPU model, and one of the profiles that were not placeable all
  /// the time; nothing in runs without MIG.
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    report.scopes(of: "model", having: "mig.largest_slots").flatMap { model -> [String] in
      let scope = "model:" + model
      let slots = NumberText.grouped(report.mean("mig.largest_slots", scope), decimals: 1)
      let missed = report.estimates.filter {
        $0.scope == scope && $0.name.hasPrefix(prefix) && !$0.name.hasSuffix("+me") && $0.mean < 100
      }.map { "\($0.name.dropFirst(prefix.count)) \(NumberText.grouped($0.mean, decimals: 1)) %" }
      let line = "  largest profile placeable on some \(model): \(slots) memory slots on average"
      return [line]
        + (missed.isEmpty
          ? [] : LineFolding.fold("    of the time placeable somewhere: ", missed, width: style.width))
    }
  }
}
