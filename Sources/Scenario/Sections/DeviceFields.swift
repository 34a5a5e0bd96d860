import Workload

/// What a request asks of the inside of one GPU.
enum DeviceFields {
  /// Keys that describe a part of a GPU, instead of `gpus`.
  static let parts = ["gpuMemory", "gpuCompute", "mig"]

  static let all = [
    Field(
      "gpuMemory",
      .value(.memory),
      .optional("all of the GPU's"),
      "GPU memory that the job needs; with gpuCompute, instead of `gpus`, for a job that need not have a whole "
        + "GPU. What it gets depends on `policy.sharing`.",
      example: "8GiB"
    ),
    Field(
      "gpuCompute",
      .value(.fraction(positive: true, maximum: 1)),
      .optional("nothing said"),
      "Share of a GPU's streaming multiprocessors that it needs, instead of `gpus`.",
      example: "20%"
    ),
    Field(
      "mig",
      .value(.label),
      .optional("the smallest profile that serves gpuMemory and gpuCompute"),
      "A MIG profile by name, or as the resource of the device plugin, instead of `gpus`.",
      example: "1g.10gb"
    ),
    Field(
      "gpuFill",
      .value(.fraction(positive: true, maximum: 1)),
      .optional("100% under MPS; on a MIG instance no more than it has"),
      "Share of the GPU that its kernels fill while they run: under MPS what does not fill it can run beside "
        + "others, and on a MIG instance with fewer multiprocessors they take longer.",
      example: "30%"
    ),
    Field(
      "kernels",
      .value(.word(KernelClass.allCases.map(\.name), noun: "class of kernels")),
      .standard(KernelClass.large.name),
      "What bounds its kernels: compute (large), the bandwidth of GPU memory, or launches (small). Decides what "
        + "sharing costs.",
      example: "bandwidth"
    ),
    Field(
      "isolation",
      .value(.word(IsolationLevel.allCases.map(\.name), noun: "isolation")),
      .standard(IsolationLevel.none.name),
      "none: shares with anybody; mig: with other tenants only behind a border in hardware, on other MIG "
        + "instances; gpu: nobody else on its GPU. Where the sharing mode cannot give so much on a part of a GPU, the "
        + "job gets all of it. node: only jobs of its own tenant on its node, however they share it.",
      example: "mig"
    ),
  ]
}
