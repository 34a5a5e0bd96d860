/// One element of `workload.pipelines`.
enum PipelineSection {
  static let section = Section(
    title: "Pipeline",
    doc: "Jobs that wait for one another: each arrival makes one job of every stage, all of one tenant. A "
      + "stage joins the queue when the stages that it names have completed, in the place that its arrival "
      + "gives it; where one of them ends otherwise, it is cancelled. The jobs of a stage form the class "
      + "PIPELINE.STAGE.",
    fields: taken("name", "tenants", "priority", "preemptible") + [
      Field(
        "arrivals",
        .section(ArrivalsSection.section),
        .required,
        "When instances of the pipeline arrive.",
        example: "{poisson: {rate: 2/h}}"
      ),
      Field(
        "stages",
        .list(.section(stage), minimum: 1, single: false),
        .required,
        "What an instance consists of, in any order.",
        example: "[{name: train, ...}, {name: evaluate, after: train, ...}]"
      ),
    ]
  )

  private static let stage = Section(
    title: "Stage",
    doc: "One job of a pipeline's instance.",
    fields: [
      Field("name", .value(.name), .required, "Unique in the pipeline.", example: "evaluate"),
      Field(
        "after",
        .list(.value(.name), minimum: 0, single: true),
        .standard("[]"),
        "Stages of the pipeline that must have completed first.",
        example: "[preprocess, train]"
      ),
    ] + taken("demand", "demandFrom")
      + [
        Field(
          "duration",
          .section(DistributionSection.times),
          .required,
          "How long the job runs once it has started.",
          example: "{lognormal: {median: 2h, sigma: 1.5}}"
        )
      ] + taken("shortest", "longest", "estimate", "checkpoint", "busy") + LifeSection.fields
      + ConstraintSection.inClass,
    rules: [.exactlyOne(["demand", "demandFrom"])]
  )

  /// Keys that mean the same as in a class.
  private static func taken(_ keys: String...) -> [Field] {
    keys.map { key in
      guard let field = JobClassSection.section.field(key) else { preconditionFailure("no key '\(key)'") }
      return field
    }
  }
}
