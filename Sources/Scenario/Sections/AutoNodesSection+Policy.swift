import Engine
import Outcome

/// `policy.autoNodes`: how nodes come and go.
extension AutoNodesSection {
  static let policy = Section(
    title: "AutoNodesPolicy",
    doc:
      "When nodes are launched and which go. Only with queues in which jobs keep their places (no backfill, "
      + "fair shares or rounds; preemption by priority without a graceful period).",
    fields: [
      ImportSection.inAutoNodes
    ] + ClusterAutoscalerSection.inPolicy + [
      Field(
        "batchIdle",
        .value(.duration(positive: false)),
        .standard("1s"),
        "The provisioner acts so long after the last job has come to wait.",
        example: "5s"
      ),
      Field(
        "batchLongest",
        .value(.duration(positive: false)),
        .standard("10s"),
        "And so long after the first at the latest.",
        example: "30s"
      ),
      Field(
        "sees",
        .value(.word(AutoNodes.View.allCases.map(\.rawValue), noun: "view")),
        .standard("advertised"),
        "`advertised`: a replica or a part of a GPU is what it is; `gpus`: each counts as a whole GPU, as where the "
          + "catalogue of instance types does not know that GPUs are shared.",
        example: "gpus"
      ),
      Field(
        "plan",
        .value(.word(AutoNodes.Plan.allCases.map(\.rawValue), noun: "plan")),
        .standard("karpenter"),
        "Which nodes are launched: `karpenter`: first-fit in the order of CPU, memory and arrival, without regard to "
          + "GPUs; `gpuFirst`: the same with GPUs first in the order; `cheapestPlan`: the set of nodes that costs least "
          + "in all, whatever the weights of node pools.",
        example: "cheapestPlan"
      ),
      NodeBufferSection.inPolicy,
      Field(
        "consolidate",
        .value(.word(["whenEmpty", "whenEmptyOrUnderutilized", "balanced", "never"], noun: "consolidation")),
        .standard("whenEmpty"),
        "`whenEmpty`: a node on which nothing runs goes; `whenEmptyOrUnderutilized`, Karpenter's default: also nodes "
          + "whose work fits elsewhere, perhaps with one cheaper node in their place; what runs there is stopped and "
          + "waits again; `balanced`: the same where what is saved is worth the disruption; `never`: nodes stay.",
        example: "never"
      ),
      Field(
        "consolidationThreshold",
        .value(.number(minimum: 0, exclusive: true, maximum: 1e6)),
        .optional("2, with `consolidate: balanced`"),
        "With `consolidate: balanced`: nodes go where `(saving / price of the node pool) / (disruption / disruption of the "
          + "node pool)` is at least 1 by this; more lets more go.",
        example: "3"
      ),
      Field(
        "trialTime",
        .value(.duration(positive: false)),
        .optional("0s"),
        "How long the controller takes to try where the work of some nodes would go. A search for nodes that go together "
          + "ends after 1 min of that with the best that was found, one for a single node after 3 min; the next begins with "
          + "the node pools that this one did not reach. 0s: searches never end early.",
        example: "50ms"
      ),
      Field(
        "consolidateAfter",
        .value(.duration(positive: false)),
        .standard("0s"),
        "How long nothing may have come to a node or left it. Nodes are looked at every 10 s, and what was decided must "
          + "still be right 15 s later.",
        example: "5m"
      ),
      Field(
        "spotToSpot",
        .value(.boolean),
        .standard("false"),
        "A spot node may be replaced by a cheaper spot node, where at least 15 types are cheaper.",
        example: "true"
      ),
      Field(
        "budget",
        .value(.countOrShare),
        .optional("10%; where `budgets` are set, nothing but these"),
        "The most nodes of a node pool that go at a time because they are empty, underused or drifted; a share is "
          + "rounded up: 20% of 19 are 4.",
        example: "20%"
      ),
      Field(
        "budgets",
        .list(.section(budget), minimum: 0, single: true),
        .standard("[]"),
        "Further limits; the least of those that hold counts.",
        example: "[{nodes: 0, reasons: underused, every: 1d, from: 9h, for: 8h}]"
      ),
      NodeRepairSection.inPolicy,
      Field(
        "doNotDisrupt",
        .list(.value(.name), minimum: 0, single: true),
        .standard("[]"),
        "Classes of jobs that are not told to leave: no node goes of its own will on which one runs, and one that has "
          + "to go waits for their end. Beside `doNotDisrupt` of the classes themselves.",
        example: "[train]"
      ),
      Field(
        "drainLimit",
        .value(.durationOrWord(["never"], noun: "limit")),
        .standard("never"),
        "Where jobs may not be told to leave, or the disruption budget of their class is used up, they are stopped so "
          + "long after the node was to go.",
        example: "12h"
      ),
      Field(
        "grace",
        .value(.duration(positive: false)),
        .standard("30s"),
        "How long what runs on a node that goes still runs; a job that can write a checkpoint in that time loses no "
          + "work. 30 s is the default of Kubernetes.",
        example: "2m"
      ),
      Field(
        "termination",
        .value(.duration(positive: true)),
        .standard("30s"),
        "From the time that nothing runs on a node that goes until it is gone.",
        example: "2m"
      ),
      Field(
        "stockOutPause",
        .value(.duration(positive: false)),
        .standard("3m"),
        "How long a type without capacity is not asked again.",
        example: "10m"
      ),
      Field(
        "spotNotice",
        .value(.duration(positive: false)),
        .standard("2m"),
        "A provider that takes a spot node back says so this long before.",
        example: "30s"
      ),
    ]
  )

  static let budget = Section(
    title: "NodeBudget",
    doc: "A limit on the nodes of a pool that go at a time.",
    fields: [
      Field("nodes", .value(.countOrShare), .required, "How many, or what share, rounded up.", example: "0"),
      Field(
        "reasons",
        .list(
          .value(.word(NodeRemoval.allCases.filter(\.isVoluntary).map(\.name), noun: "reason")),
          minimum: 0,
          single: true
        ),
        .standard("[]"),
        "For nodes that go because of these; none: whatever the reason.",
        example: "[underused, drifted]"
      ),
      Field("pool", .value(.name), .optional("of each node pool"), "Of this node pool.", example: "burst"),
      Field(
        "every",
        .value(.duration(positive: true)),
        .optional("always"),
        "It holds once in each of these spans, counted from the start of the run.",
        example: "1d"
      ),
      Field(
        "from",
        .value(.duration(positive: false)),
        .standard("0s"),
        "With `every`: from so long after the beginning of each span.",
        example: "9h"
      ),
      Field(
        "for",
        .value(.duration(positive: true)),
        .optional(""),
        "With `every`: for so long.",
        example: "8h"
      ),
      Field(
        "schedule",
        .value(.text),
        .optional("always"),
        "It holds from each of these times on: a cron expression of 5 fields, in UTC; the run begins at 00:00 of "
          + "`tenancy.calendarStart`, or of Monday, 5 January 2026.",
        example: "\"0 9 * * mon-fri\""
      ),
      Field(
        "duration",
        .value(.duration(positive: true)),
        .optional(""),
        "With `schedule`: for so long.",
        example: "8h"
      ),
    ]
  )
}
