/// The keys of a claim file: what `headroom claims` tests.
enum ClaimSection {
  static let section = Section(
    title: "Claim",
    doc: "A common claim about GPU infrastructure, and how it is tested.",
    fields: [
      Field("version", .value(.integer(1...1)), .required, "The version of the language.", example: "1"),
      Field("name", .value(.name), .required, "What tables call it.", example: "cloud-h100-year"),
      Field(
        "claim",
        .value(.text),
        .required,
        "The claim in one sentence.",
        example: "A cloud H100 costs more than 65,000 USD a year"
      ),
      Field(
        "check",
        .value(.word(LoadedClaim.Check.allCases.map(\.rawValue), noun: "check")),
        .required,
        "How it is tested.",
        example: "cloud-year"
      ),
      Field("gpu", .value(.gpuModel), .optional(""), "The GPU that it is about.", example: "h100-80gb-sxm"),
      Field(
        "other",
        .value(.gpuModel),
        .optional(""),
        "The GPU it is compared with.",
        example: "a100-80gb-sxm"
      ),
      Field(
        "against",
        .list(.value(.text), minimum: 1, single: true),
        .optional(""),
        "Providers of the price book.",
        example: "[aws, lambda]"
      ),
      Field(
        "fleets",
        .list(.value(.integer(1...1_000_000)), minimum: 1, single: true),
        .optional(""),
        "GPUs of the fleets on which it is tested: staff and networks come in steps.",
        example: "[8, 64, 512]"
      ),
      Field(
        "uses",
        .list(.value(.fraction(positive: true, maximum: 1)), minimum: 1, single: true),
        .optional(""),
        "Shares of the available GPU-hours in use.",
        example: "[70%, 100%]"
      ),
      Field("above", number, .optional(""), "The lower figure of the claim.", example: "65000"),
      Field("below", number, .optional(""), "The upper figure of the claim.", example: "2"),
      Field(
        "terabytes",
        .list(number, minimum: 1, single: true),
        .optional(""),
        "Amounts of data, TB.",
        example: "[10, 100]"
      ),
      Field(
        "scenario",
        .value(.path),
        .optional(""),
        "A scenario file, relative to the claim's.",
        example: "../eight-gb-services.yaml"
      ),
      Field(
        "set",
        .settings,
        .optional(""),
        "What it is like before.",
        example: "{policy.sharing: wholeGPU}"
      ),
    ]
  )

  private static let number = Shape.value(.number(minimum: 0, exclusive: false, maximum: 1e12))
}
