extension MIGGeometry {
  /// The geometries of the boards that ship with the program.
  ///
  /// A new family is one value here and one line in ``families``.
  static let a100With40GB = eightSlots(
    "A100-40",
    names: [5, 10, 10, 20, 20, 40],
    memoryMiB: reported([4864, 9856, 9856, 19_968, 19_968, 40_192]),
    smCounts: reported([14, 14, 28, 42, 56, 98])
  )
  static let a100With80GB = eightSlots(
    "A100-80",
    names: [10, 20, 20, 40, 40, 80],
    memoryMiB: reported([9856, 19_968, 19_968, 40_192, 40_192, 80_384]),
    smCounts: reported([14, 14, 28, 42, 56, 98])
  )
  static let h100With80GB = eightSlots(
    "H100-80",
    names: [10, 20, 20, 40, 40, 80],
    memoryMiB: [
      .derived(10_112), .derived(20_224), .derived(20_224), .reported(40_448), .derived(40_448),
      .derived(81_559),
    ],
    // As an H100 NVL lists them; 60 for the 3g stands in NVIDIA's guide too.
    smCounts: [.derived(16), .derived(26), .derived(32), .reported(60), .derived(64), .derived(132)]
  )
  static let h100With94GB = eightSlots(
    "H100-94",
    names: [12, 24, 24, 47, 47, 94],
    memoryMiB: reported([11_008, 22_139, 22_139, 47_493, 47_493, 95_355]),
    smCounts: reported([16, 26, 32, 60, 64, 132])
  )
  static let h200 = eightSlots(
    "H200-141",
    names: [18, 35, 35, 71, 71, 141],
    memoryMiB: reported([16_384, 33_024, 33_024, 71_168, 71_168]) + [.derived(142_336)],
    smCounts: reported([16, 26, 32, 60, 64]) + [.derived(132)]
  )
  static let b200 = eightSlots(
    "B200-180",
    names: [23, 45, 45, 90, 90, 180],
    memoryMiB: reported([20_992, 45_312, 45_312]) + [.derived(90_624), .derived(90_624), .derived(183_359)],
    smCounts: reported([18, 30, 36]) + [nil, nil, .derived(148)]
  )
  static let a30 = MIGGeometry(
    "A30-24",
    slots: 4,
    computeSlices: 4,
    [
      fourSlots("1g.6gb", 1, starts: [0, 1, 2, 3], memoryMiB: 5836),
      fourSlots("1g.6gb+me", 1, starts: [0, 1, 2, 3], memoryMiB: 5836, hasMedia: true),
      fourSlots("2g.12gb", 2, starts: [0, 2], memoryMiB: 11_672),
      fourSlots("2g.12gb+me", 2, starts: [0, 2], memoryMiB: 11_672, hasMedia: true),
      fourSlots("4g.24gb", 4, starts: [0], memoryMiB: 23_344),
    ]
  )

  /// The ids of the catalogue's boards, and their geometry.
  private static let families: [(boards: [String], geometry: MIGGeometry)] = [
    (["a100-40gb-sxm", "a100-40gb-pcie"], a100With40GB),
    (["a100-80gb-sxm", "a100-80gb-pcie"], a100With80GB),
    (["h100-80gb-sxm", "h100-80gb-pcie"], h100With80GB),
    (["h100-94gb-nvl"], h100With94GB),
    (["h200-141gb-sxm", "h200-141gb-nvl"], h200),
    (["b200-180gb-sxm"], b200),
    (["a30"], a30),
  ]

  /// The names of all profiles of all boards, each once, in order of size
  /// within a family.
  public static let everyProfileName: [String] = families.flatMap { $0.geometry.profiles.map(\.name) }
    .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }

  /// The geometry of the board; nil where it has no MIG, or where its profiles
  /// are not known.
  public static func of(_ model: GPUModel) -> MIGGeometry? {
    families.first { $0.boards.contains(model.id) }?.geometry
  }

  /// The profiles of all boards with eight slots: GB in the names of 1g, 1g
  /// with double memory, 2g, 3g, 4g, 7g; `1g+me` is like 1g.
  private static func eightSlots(
    _ name: String,
    names: [Int],
    memoryMiB: [Sourced<Int>],
    smCounts: [Sourced<Int>?]
  ) -> MIGGeometry {
    let rows: [(id: Int, compute: Int, slots: Int, starts: [Int], most: Int)] = [
      (19, 1, 1, Array(0...6), 7), (15, 1, 2, [0, 2, 4, 6], 4), (14, 2, 2, [0, 2, 4], 3),
      (9, 3, 4, [0, 4], 2), (5, 4, 4, [0], 1), (0, 7, 8, [0], 1),
    ]
    var profiles = rows.indices.map { i in
      MIGProfile(
        name: "\(rows[i].compute)g.\(names[i])gb",
        driverID: rows[i].id,
        computeSlices: rows[i].compute,
        memorySlots: rows[i].slots,
        starts: rows[i].starts,
        maximumCount: rows[i].most,
        memoryMiB: memoryMiB[i],
        smCount: smCounts[i]
      )
    }
    var media = profiles[0]
    media.name += "+me"
    media.driverID = 20
    media.maximumCount = 1
    media.hasMediaExtensions = true
    profiles.insert(media, at: 1)
    return MIGGeometry(name, slots: 8, computeSlices: 7, profiles)
  }

  private static func fourSlots(
    _ name: String,
    _ slices: Int,
    starts: [Int],
    memoryMiB: Int,
    hasMedia: Bool = false
  ) -> MIGProfile {
    MIGProfile(
      name: name,
      driverID: nil,
      computeSlices: slices,
      memorySlots: slices,
      starts: starts,
      maximumCount: hasMedia ? 1 : starts.count,
      memoryMiB: .reported(memoryMiB),
      smCount: .reported(14 * slices),
      hasMediaExtensions: hasMedia
    )
  }

  private static func reported(_ values: [Int]) -> [Sourced<Int>] { values.map { .reported($0) } }
}

extension Sourced where Value == Int {
  /// As a driver listed it.
  fileprivate static func reported(_ value: Int) -> Self {
    Sourced(
      value,
      source: "driver listing (NVIDIA MIG user guide, go-nvml, public listings)",
      confidence: .secondary
    )
  }

  /// From a neighbouring profile or board that a driver listed.
  fileprivate static func derived(_ value: Int) -> Self {
    Sourced(value, source: "derived from a listed neighbour", confidence: .general)
  }
}
