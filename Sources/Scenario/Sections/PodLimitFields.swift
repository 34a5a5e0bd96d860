extension DemandFields {
  /// What pods may use beside what they request.
  static let limits = [
    Field(
      "cpuLimit",
      .value(.cpu),
      .optional(""),
      "The most cores that a worker may use: counts against quotas of `limits.cpu` only.",
      example: "16"
    ),
    Field(
      "memoryLimit",
      .value(.memory),
      .optional(""),
      "The same of host memory: counts against `limits.memory`.",
      example: "128GiB"
    ),
  ]
}
