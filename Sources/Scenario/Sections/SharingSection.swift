import Engine

/// `policy.sharing`: what a GPU hands out.
enum SharingSection {
  /// The keys that a mode looks at, beside `mode`.
  static func keys(of mode: SharingMode) -> [String] {
    switch mode {
    case .fractions, .timeSlicing, .mps, .wholeGPU, .pooled: ContentionFields.keys(of: mode)
    case .mig: MIGSharingFields.all.map(\.key)
    }
  }

  static let section = Section(
    title: "Sharing",
    doc: "What a GPU hands out to jobs that need not have all of it.",
    fields: [
      Field(
        "mode",
        .value(.word(SharingMode.allCases.map(\.rawValue), noun: "sharing mode")),
        .standard("fractions"),
        "fractions: parts of a GPU as asked; wholeGPU: only whole GPUs (a request for a part is rounded up); "
          + "pooled: hundredths of all GPUs of a node together: a job may hold parts of several, and no device "
          + "is named, so no placement policy that looks at single GPUs; mig: MIG instances, for jobs that ask "
          + "with `mig`, `gpuMemory` or `gpuCompute`; timeSlicing and mps: replicas of each GPU, one for a job.",
        example: "wholeGPU"
      )
    ] + MIGSharingFields.all + ContentionFields.all,
    shorthand: "mode"
  )
}
