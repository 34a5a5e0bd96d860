/// The keys at the top of a scenario file.
enum RootSection {
  static let includeDoc =
    "Files whose keys come first, in order; this file's own keys are laid over them. Maps merge, lists "
    + "and single values replace, null removes. Paths are relative to this file."

  static let section = Section(
    title: "Scenario",
    doc: "What is asked, of which fleet, under which work and policy.",
    fields: about + time + content,
    rules: [.exactlyOne(["fleet", "study"]), .exactlyOne(["workload", "study"])]
  )

  private static let about = [
    Field(
      "version",
      .value(.integer(1...1)),
      .required,
      "The version of the scenario language.",
      example: "1"
    ),
    Field(
      "name",
      .value(.name),
      .required,
      "What tables and stored runs call the scenario.",
      example: "quickstart"
    ),
    Field(
      "description",
      .value(.text),
      .standard("\"\""),
      "A sentence for people.",
      example: "Two weeks on 16 nodes."
    ),
    Field(
      "question",
      .value(.text),
      .standard("\"\""),
      "The question that the scenario answers.",
      example: "How long does research wait?"
    ),
  ]

  private static let time = [
    Field(
      "seed",
      .value(.integer(0...Int64.max)),
      .standard("1"),
      "Seed of all random streams; replication r uses seed + r.",
      example: "42"
    ),
    Field(
      "replications",
      .value(.integer(1...10_000)),
      .standard("1"),
      "How many independent runs stand behind a confidence interval.",
      example: "10"
    ),
    Field(
      "horizon",
      .value(.duration(positive: true)),
      .optional("until the last job has ended"),
      "When the run ends. Needed where jobs are synthesised.",
      example: "2w"
    ),
    Field(
      "warmup",
      .value(.duration(positive: false)),
      .standard("0s"),
      "Simulated first and not counted.",
      example: "1d"
    ),
    Field(
      "bucket",
      .value(.duration(positive: true)),
      .optional("the measured time / 240, at least 1s"),
      "Length of one step of the stored time series.",
      example: "1h"
    ),
  ]

  private static let content = [
    Field(
      "gpus",
      .list(.section(GPUSection.section), minimum: 0, single: false),
      .standard("[]"),
      "GPU models beside the catalogue's.",
      example: "[{name: x200, memory: 96GiB}]"
    ),
    Field(
      "fleet",
      .section(FleetSection.section),
      .optional("a study brings its own"),
      "The machines.",
      example: "{nodes: [{name: a, count: 4, cpu: 96, memory: 1TiB}]}"
    ),
    Field(
      "workload",
      .section(WorkloadSection.section),
      .optional("a study brings its own"),
      "The jobs.",
      example: "{trace: {format: headroom, file: jobs.csv}}"
    ),
    Field(
      "policy",
      .section(PolicySection.section),
      .standard("{}"),
      "How jobs are queued and placed.",
      example: "{placement: fgd}"
    ),
    Field(
      "fragmentation",
      .section(FragmentationSection.section),
      .standard("{}"),
      "The jobs against which free capacity is judged.",
      example: "{mix: workload}"
    ),
    StorageSection.inRoot,
    Field(
      "fleetChanges",
      .list(.section(FleetChangeSection.section), minimum: 0, single: false),
      .standard("[]"),
      "What happens to nodes, and when.",
      example: "[{at: 3d, action: fail, nodes: h100-00}]"
    ),
    Field(
      "maintenance",
      .list(.section(MaintenanceSection.section), minimum: 0, single: true),
      .standard("[]"),
      "Rolling maintenance: nodes in turn, a few at a time.",
      example: "[{nodes: h100, start: 2d, atOnce: 2, duration: 45m, drain: wait, drainLimit: 4h}]"
    ),
    TenancySection.inRoot,
    Field(
      "study",
      .section(StudySection.table),
      .optional("no study"),
      "A published experiment, run as it was published.",
      example: "{name: fgd}"
    ),
  ]
}
