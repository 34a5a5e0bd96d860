import Engine
import SimulationKernel

/// `policy.autoNodes.repair`: nodes that have failed are replaced.
enum NodeRepairSection {
  static let inPolicy = Field(
    "repair",
    .section(section),
    .optional("nodes that fail wait for their repair, as without Karpenter's feature gate NodeRepair"),
    "A node that has been down for too long is removed by force, whatever the budgets say, and jobs that wait bring "
      + "another. Owned nodes stay.",
    example: "{accelerator: 5m}"
  )

  static let section = Section(
    title: "NodeRepair",
    doc:
      "When nodes that have failed are removed, as by Karpenter's node repair; the defaults are its own on AWS. What "
      + "failures take down, and which condition they show, `failures` says.",
    fields: [
      Field(
        "notReady",
        .value(.duration(positive: false)),
        .standard("30m"),
        "How long a node may be not ready.",
        example: "10m"
      ),
      Field(
        "accelerator",
        .value(.duration(positive: false)),
        .standard("10m"),
        "How long the accelerators of a node may be bad.",
        example: "5m"
      ),
      Field(
        "suspendAbove",
        .value(.fraction(positive: false, maximum: 1)),
        .standard("20%"),
        "None is removed while more of the nodes of its node pool than this are down; rounded up to whole nodes: one "
          + "of three may be.",
        example: "100%"
      ),
    ]
  )

  /// nil: nodes wait for their repair.
  static func read(_ node: Decoded?) -> AutoNodes.Repair? {
    guard let node, node.isSound, let notReady = node["notReady"], let accelerator = node["accelerator"],
      let share = node["suspendAbove"]
    else { return nil }
    var repair = AutoNodes.Repair()
    repair.notReady = SimDuration(nanoseconds: notReady.nanoseconds)
    repair.accelerator = SimDuration(nanoseconds: accelerator.nanoseconds)
    repair.suspendAbove = share.double
    return repair
  }
}
