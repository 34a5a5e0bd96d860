import Engine

/// `policy.burst`, and what pools and classes say beside it: jobs that leave
/// their home site.
enum BurstSection {
  /// What a pool says.
  static let inPool = Field(
    "site",
    .value(.name),
    .optional("the home of `policy.burst`"),
    "The site that its nodes belong to: the owned base, another cluster, a cloud. It is also their label `site`.",
    example: "cloud"
  )

  /// Keys of a class.
  static let inClass = [
    Field(
      "site",
      .value(.name),
      .optional("`policy.burst.home`"),
      "The home of its jobs.",
      example: "cluster-b"
    ),
    Field(
      "mayLeave",
      .value(.boolean),
      .optional("true"),
      "false: no rule lets its jobs leave their home (compliance, data residency).",
      example: "false"
    ),
    Field(
      "data",
      .section(data),
      .optional("its jobs bring no data"),
      "What each run reads before it works. At another site than that of the data it takes the time of the link "
        + "(overhead of the job, which holds its GPUs) and the price of the link.",
      example: "{size: 500GiB, at: base}"
    ),
  ]

  private static let data = Section(
    title: "JobData",
    doc: "Data that a run reads before it works.",
    fields: [
      Field("size", .value(.size), .required, "How much each run reads.", example: "500GiB"),
      Field(
        "at",
        .value(.name),
        .optional("the home of the class"),
        "The site where they lie.",
        example: "base"
      ),
      Field(
        "keep",
        .value(.boolean),
        .optional(""),
        "true: what was brought to a site stays there. The class's runs that come later find it, those that come "
          + "meanwhile wait for it; egress is paid once.",
        example: "true"
      ),
    ]
  )

  static let inPolicy = Field(
    "burst",
    .section(policy),
    .optional("the nodes of all sites are alike to jobs"),
    "When waiting jobs may leave their home site for others.",
    example: "{rules: {after: 30m, to: cloud}}"
  )

  private static let policy = Section(
    title: "Burst",
    doc:
      "Jobs are placed at their home only, until one of the rules lets them go; then at home first, and next at "
      + "the sites that they may go to, in the order of the fleet. A gang lies at one site. Only with queues in "
      + "which jobs keep their places.",
    fields: [
      Field(
        "home",
        .value(.name),
        .standard("base"),
        "The site of pools and classes that name none.",
        example: "base"
      ),
      Field(
        "rules",
        .list(.section(rule), minimum: 1, single: true),
        .required,
        "A job may go by any of them; it must meet all that the rule says. At most \(Bursting.mostRules).",
        example: "[{after: 30m, maxStaging: 1h}, {deadlineWithin: 1h}]"
      ),
      Field(
        "links",
        .list(.section(link), minimum: 1, single: true),
        .optional("no data can be brought from one site to another"),
        "The network between sites, one way each.",
        example: "[{from: base, to: cloud, bandwidth: 10Gbit/s, egress: 0.09}]"
      ),
      Field(
        "budget",
        .section(budget),
        .optional("without limit"),
        "The most that jobs may be expected to cost that are let go in a period.",
        example: "{usd: 5000, every: 1d}"
      ),
      Field(
        "agreements",
        .list(.section(agreement), minimum: 1, single: true),
        .optional("none"),
        "Nodes that are paid whether they are used or not.",
        example: "[{pool: cloud, nodes: 4, price: 30}]"
      ),
    ]
  )

  private static let rule = Section(
    title: "BurstRule",
    doc: "What a waiting job must meet to leave; a key that is left out asks nothing.",
    fields: [
      Field(
        "to",
        .list(.value(.name), minimum: 1, single: true),
        .optional("all other sites"),
        "The sites that it lets jobs go to.",
        example: "[cloud]"
      ),
      Field(
        "after",
        .value(.duration(positive: false)),
        .standard("0s"),
        "The job has waited for so long. The time counts anew after an interruption.",
        example: "30m"
      ),
      Field(
        "deadlineWithin",
        .value(.duration(positive: false)),
        .optional(""),
        "The job has a deadline, and would miss it if it started later than so long from now: by its estimate and with "
          + "the time for its data.",
        example: "1h"
      ),
      Field(
        "priority",
        .value(.integer(Int64(Int32.min)...Int64(Int32.max))),
        .optional(""),
        "The job has at least this priority.",
        example: "10"
      ),
      Field(
        "durationAtLeast",
        .value(.duration(positive: false)),
        .optional(""),
        "It is expected to run for at least so long.",
        example: "30m"
      ),
      Field(
        "durationAtMost",
        .value(.duration(positive: true)),
        .optional(""),
        "It is expected to run for at most so long.",
        example: "8h"
      ),
      Field(
        "classes",
        .list(.value(.name), minimum: 1, single: true),
        .optional(""),
        "Only jobs of these classes.",
        example: "[batch]"
      ),
      Field(
        "tenants",
        .list(.value(.name), minimum: 1, single: true),
        .optional(""),
        "Only jobs of these tenants.",
        example: "[research]"
      ),
      Field(
        "maxStaging",
        .value(.duration(positive: false)),
        .optional(""),
        "Only to sites where the job's data are within so long.",
        example: "1h"
      ),
      Field(
        "maxEstimateError",
        .value(.fraction(positive: false, maximum: 100)),
        .optional(""),
        "Only classes whose estimates are off by at most this in the mean: |estimate / duration - 1| over the jobs "
          + "of the run, which stand for the history of the class.",
        example: "50%"
      ),
    ]
  )

  private static let link = Section(
    title: "SiteLink",
    doc: "The network from one site to another.",
    fields: [
      Field("from", .value(.name), .required, "A site.", example: "base"),
      Field("to", .value(.name), .required, "Another site.", example: "cloud"),
      Field(
        "bandwidth",
        .value(.bandwidth),
        .required,
        "What one job gets; of all together where it is `shared`.",
        example: "10Gbit/s"
      ),
      Field(
        "shared",
        .value(.boolean),
        .optional(""),
        "true: what is under way at a time shares the bandwidth in equal parts. Rules and budgets go by the time of "
          + "one alone.",
        example: "true"
      ),
      Field(
        "egress",
        .value(.number(minimum: 0, exclusive: false, maximum: 1e6)),
        .standard("0"),
        "USD for a GiB that takes this way.",
        example: "0.09"
      ),
    ]
  )

  private static let budget = Section(
    title: "BurstBudget",
    doc:
      "A job that is let go is charged to the period: its share of a node (the largest of GPUs, CPU and memory) at "
      + "the dearest price of the sites that it may go to, for its expected duration and the time for its data, and "
      + "its egress. If it starts at home after all within the period, the charge is given back. A job that does not "
      + "fit any more waits for the next period; others that fit go.",
    fields: [
      Field(
        "usd",
        .value(.number(minimum: 0, exclusive: false, maximum: 1e11)),
        .required,
        "USD for a period, of which the agreements take theirs first.",
        example: "5000"
      ),
      Field(
        "every",
        .value(.duration(positive: true)),
        .standard("1d"),
        "The length of a period; the first begins with the run.",
        example: "30d"
      ),
      Field(
        "counts",
        .value(.word(Bursting.Budget.Counts.allCases.map(\.rawValue), noun: "rule of a budget")),
        .optional("`permitted`"),
        "`permitted`: what the jobs that are let go are expected to cost. `nodes`: what the nodes of other sites cost "
          + "from launch until they are gone, busy or idle, with egress; a job is held once that, what the jobs with "
          + "leave are expected to cost still, and the job itself come to more than the budget.",
        example: "nodes"
      ),
    ]
  )

  private static let agreement = Section(
    title: "BurstAgreement",
    doc:
      "A committed minimum of burst nodes: they are paid at this price whether they exist or not, and up to so many "
      + "cost nothing more. The maximum is the `count` of the pool.",
    fields: [
      Field("pool", .value(.name), .required, "A pool of nodes that are `auto`.", example: "cloud"),
      Field("nodes", .value(.integer(1...1_000_000)), .required, "How many.", example: "4"),
      Field(
        "price",
        .value(.number(minimum: 0, exclusive: false, maximum: 1e6)),
        .required,
        "USD for an hour of one of them.",
        example: "30"
      ),
    ]
  )
}
