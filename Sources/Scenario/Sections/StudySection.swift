/// `study`: a published experiment that the scenario repeats.
public struct StudySection: Hashable, Sendable {
  /// The experiment: `fgd`.
  public var name: String
  /// Which of its workloads.
  public var workload: String
  /// Which of its policies, by the name of the publication.
  public var policy: String
  public var seed: UInt64
  /// The folder of its data, as the operating system takes it.
  public var data: String

  /// The policies of the FGD experiment.
  static let policies = ["Random", "DotProd", "GpuClustering", "GpuPacking", "BestFit", "FGD"]

  static let table = Section(
    title: "Study",
    doc: "A published experiment. It brings its own fleet and workload.",
    fields: [
      Field(
        "name",
        .value(.word(["fgd"], noun: "study")),
        .required,
        "The experiment.",
        example: "fgd"
      ),
      Field(
        "workload",
        .value(.name),
        .standard("default"),
        "Which pod list: `default` or the end of a file name of `pods`, such as `gpushare40`.",
        example: "gpushare40"
      ),
      Field(
        "policy",
        .value(.word(policies, noun: "policy")),
        .standard("FGD"),
        "Its name in the publication.",
        example: "BestFit"
      ),
      Field(
        "seed",
        .value(.integer(0...Int64.max)),
        .standard("42"),
        "The seed of the publication's arrival plan.",
        example: "42"
      ),
      Field(
        "data",
        .value(.path),
        .standard("${HEADROOM_DATA}/openb"),
        "The folder of the trace.",
        example: "${HEADROOM_DATA}/openb"
      ),
    ]
  )
}
