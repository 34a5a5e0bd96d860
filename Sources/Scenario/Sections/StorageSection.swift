/// `storage`, and what classes say beside it: images and data that runs fetch,
/// and checkpoints that they write.
enum StorageSection {
  static let inRoot = Field(
    "storage",
    .section(section),
    .optional("runs fetch nothing before they work"),
    "From where runs fetch their images and data, and how fast.",
    example: "{registry: {bandwidth: 40Gbit/s, perNode: 10Gbit/s}, cache: 500GB}"
  )

  /// Keys of a class.
  static let inClass = [
    Field(
      "image",
      .section(image),
      .optional("its runs need no image"),
      "The container image: every node of a run holds it before the run works, or before a replica of a service "
        + "begins the rest of its `coldStart`.",
      example: "{size: 20.2GB}"
    ),
    Field(
      "read",
      .section(read),
      .optional("its runs read nothing"),
      "Weights or a data set that each run, or replica, reads after its image is there, before it works.",
      example: "{size: 130GB, from: hot}"
    ),
  ]

  private static let image = Section(
    title: "JobImage",
    doc: "A container image.",
    fields: [
      Field("size", .value(.size), .required, "What a node pulls.", example: "20.2GB"),
      Field(
        "name",
        .value(.name),
        .optional("one of the class's own"),
        "Classes whose images have one name share it.",
        example: "vllm"
      ),
    ]
  )

  private static let read = Section(
    title: "JobRead",
    doc: "What a run reads before it works.",
    fields: [
      Field(
        "size",
        .value(.size),
        .required,
        "How much a run reads, all its workers together.",
        example: "130GB"
      ),
      Field("from", .value(.name), .required, "A tier of `storage.tiers`.", example: "hot"),
    ]
  )

  private static let section = Section(
    title: "Storage",
    doc:
      "Bandwidths that are shared in equal parts by what is under way. The time until a run has its image and data is "
      + "overhead of the run, which holds its GPUs.",
    fields: [
      Field(
        "registry",
        .section(registry),
        .optional("no class has an image"),
        "From where nodes pull images, one at a time each.",
        example: "{bandwidth: 40Gbit/s, perNode: 10Gbit/s}"
      ),
      Field(
        "unpack",
        .value(.bandwidth),
        .optional("at once"),
        "How fast a node unpacks what it has pulled, by the size of the image.",
        example: "100MB/s"
      ),
      Field(
        "cache",
        .value(.size),
        .optional("a node keeps every image until it goes"),
        "What a node keeps of images; the one used least recently goes first, none that is in use.",
        example: "500GB"
      ),
      Field(
        "preloaded",
        .list(.value(.name), minimum: 1, single: true),
        .optional(""),
        "Images that every node holds when it comes into being, as in the image of its machine: by the `name` of the "
          + "image, or the class.",
        example: "[vllm]"
      ),
      Field(
        "tiers",
        .list(.section(tier), minimum: 1, single: true),
        .optional("no class reads anything"),
        "From where runs read, and whereto they write checkpoints.",
        example: "[{name: hot, bandwidth: 40GB/s, perRun: 5GB/s}, {name: cold, bandwidth: 2GB/s}]"
      ),
    ]
  )

  private static let registry = Section(
    title: "Registry",
    doc: "From where nodes pull images.",
    fields: [
      Field("bandwidth", .value(.bandwidth), .required, "Of all nodes together.", example: "40Gbit/s"),
      Field(
        "perNode",
        .value(.bandwidth),
        .optional("all of it"),
        "The most that one gets.",
        example: "10Gbit/s"
      ),
    ]
  )

  private static let tier = Section(
    title: "StorageTier",
    doc: "A store of data and checkpoints: what is read and written at a time shares its bandwidth.",
    fields: [
      Field("name", .value(.name), .required, "Unique.", example: "hot"),
      Field("bandwidth", .value(.bandwidth), .required, "Of all runs together.", example: "40GB/s"),
      Field(
        "perRun",
        .value(.bandwidth),
        .optional("all of it"),
        "The most that one gets.",
        example: "5GB/s"
      ),
    ]
  )
}
