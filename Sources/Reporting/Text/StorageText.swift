import Outcome

/// What runs fetched, in the summary of a run.
enum StorageText {
  /// Nothing where they fetch nothing.
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    guard report.estimate("storage.pulls", "fleet") != nil else { return [] }
    func count(_ name: String) -> String { NumberText.grouped(report.mean("storage.\(name)")) }
    var parts = [
      "\(count("pulls")) images pulled (\(count("pulled")) GB)", "\(count("image_hits")) found on the node",
      "\(count("evictions")) evicted", "\(count("read")) GB read",
      "\(NumberText.hours(report.mean("storage.setup_time"))) h before work",
    ]
    if report.estimate("storage.checkpoints", "fleet") != nil {
      parts.append(
        "\(count("checkpoints")) checkpoints (\(count("written")) GB) written in "
          + "\(NumberText.hours(report.mean("storage.write_time"))) h, alone "
          + "\(NumberText.hours(report.mean("storage.write_time_alone"))) h"
      )
    }
    return ["", style.heading("Storage")] + LineFolding.fold("  ", parts, width: style.width)
  }
}
