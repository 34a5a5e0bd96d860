import Engine
import Workload

/// `policy.sharing`: what a GPU hands out.
enum SharingSection {
  /// The keys that a mode looks at, beside `mode`.
  static func keys(of mode: SharingMode) -> [String] {
    switch mode {
    case .timeSlicing, .mps, .pooled: ContentionFields.keys(of: mode) + ["isolation"]
    case .fractions, .wholeGPU: ContentionFields.keys(of: mode) + ["isolation", "wipe"]
    case .mig: MIGSharingFields.all.map(\.key) + ["isolation", "wipe"]
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
      ),
      Field(
        "isolation",
        .map(.word(IsolationLevel.allCases.map(\.name), noun: "isolation"), keys: "tenants"),
        .optional("as each request says"),
        "Tenants all of whose jobs demand so much isolation, whatever less their requests say.",
        example: "{acme: node}"
      ),
      Field(
        "wipe",
        .value(.duration(positive: false)),
        .optional("nothing is wiped"),
        "How long it takes to wipe the memory of a GPU, or of a MIG instance, when the next tenant on it is "
          + "another than the last: the newcomer's job waits for it on what it was given. There is no good public "
          + "figure; bytes by write speed, or seconds, are estimates.",
        example: "2s"
      ),
    ] + MIGSharingFields.all + ContentionFields.all,
    shorthand: "mode"
  )
}
