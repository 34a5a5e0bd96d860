import Hardware
import Workload

/// How the GPUs of a fleet can be cut, and which instance each request gets.
struct MIGBook {
  /// GPUs that are alike: a geometry, and the instances of a fixed layout.
  struct Kind {
    var geometry: MIGGeometry
    /// The layouts that it may have, each as ascending positions in
    /// ``MIGGeometry/placements``; empty ones leave it whole. nil: dynamic.
    var layouts: [[Int]]?
    /// Which of the layouts it has is chosen when its node is launched.
    var isChosen = false
  }

  /// More kinds of requests for instances than this are refused.
  static let mostSlices = 64

  private(set) var kinds: [Kind] = []
  /// By kind: the GPU model, a position in the fleet's list.
  private(set) var modelOf: [Int] = []
  /// By node and GPU: its kind, or -1 where it is handed out whole.
  private(set) var kindOf: [[Int16]] = []
  /// By slice, then kind: the profile (position in the geometry's), or -1.
  private(set) var slices: [[Int]] = []
  /// By node and GPU: which of its kind's layouts it has at first.
  private(set) var firstLayout: [[Int]] = []

  init(_ fleet: Fleet, _ spec: MIGSpec) throws {
    let geometries = fleet.gpuModels.map(fleet.migGeometry(ofModel:))
    guard spec.cuts.isEmpty || spec.cuts.count == fleet.nodes.count else {
      throw SimulationError.invalidInput("the cuts of GPUs do not name each node once")
    }
    struct Key: Hashable {
      var model: GPUModelID
      var cut: MIGSpec.Cut
    }
    var numbers: [Key: Int16] = [:]
    for (n, node) in fleet.nodes.enumerated() {
      var own = [Int16](repeating: -1, count: node.gpuCount)
      var first = [Int](repeating: 0, count: node.gpuCount)
      if let model = node.gpuModel, let geometry = geometries[Int(model.rawValue)] {
        for g in 0..<node.gpuCount {
          var cut = spec.cuts.isEmpty ? .dynamic : spec.cuts[n].indices.contains(g) ? spec.cuts[n][g] : .whole
          if spec.relayout != nil {
            guard cut != .dynamic else {
              throw SimulationError.invalidInput("a re-layout needs a fixed layout of each GPU with MIG")
            }
            if case .layout(let number) = cut { first[g] = number + 1 }
            // All GPUs of a model may have any of the layouts, or stay whole.
            cut = .layout(-1)
          } else if cut == .whole {
            continue
          }
          let key = Key(model: model, cut: cut)
          if numbers[key] == nil {
            numbers[key] = Int16(kinds.count)
            modelOf.append(Int(model.rawValue))
            kinds.append(
              Kind(
                geometry: geometry,
                layouts: try Self.layouts(cut, spec, geometry, node.name),
                isChosen: cut == .chosen
              )
            )
          }
          own[g] = numbers[key]!
        }
      }
      kindOf.append(own)
      firstLayout.append(first)
    }
    for (n, own) in kindOf.enumerated() {
      for (g, kind) in own.enumerated() where kind >= 0 && firstLayout[n][g] > 0 {
        guard !kinds[Int(kind)].layouts![firstLayout[n][g]].isEmpty else {
          throw SimulationError.invalidInput("node '\(fleet.nodes[n].name)' cannot have its layout")
        }
      }
    }
  }

  /// The layouts of GPUs that are cut so.
  private static func layouts(
    _ cut: MIGSpec.Cut,
    _ spec: MIGSpec,
    _ geometry: MIGGeometry,
    _ node: String
  ) throws -> [[Int]]? {
    switch cut {
    case .dynamic, .whole: nil
    case .chosen, .layout(-1):
      // Layouts of other boards are as if they were empty.
      [[]] + spec.layouts.map { (try? placed($0, geometry, node)) ?? [] }
    case .layout(let number): [try placed(spec.layouts[number], geometry, node)]
    }
  }

  private static func placed(_ layout: [MIGInstance], _ geometry: MIGGeometry, _ node: String) throws -> [Int]
  {
    var state = MIGState.empty
    return try layout.map { instance in
      let found = geometry.placements.firstIndex {
        geometry.profiles[$0.profile].name == instance.profile && $0.start == instance.start
      }
      guard let found, geometry.placements[found].parts.isDisjoint(with: state) else {
        throw SimulationError.invalidInput(
          "node '\(node)' cannot hold an instance \(instance.profile) at slot \(instance.start)"
        )
      }
      state = state.union(geometry.placements[found].parts)
      return found
    }.sorted()
  }

  /// The number of the instance that the shape asks for; -1: it asks for whole
  /// GPUs or none.
  ///
  /// By memory and compute it is the smallest profile that serves both: the
  /// fewest memory slots, then the fewest compute slices, of those that the
  /// GPUs of the geometry offer. A part in thousandths asks for that share of the
  /// slots and of the compute slices.
  mutating func slice(_ shape: JobShape, _ demand: DeviceDemand) throws -> Int16 {
    let asksForPart = demand.asksForPart || (shape.gpuCount == 1 && shape.milliGPUPerDevice < 1000)
    guard asksForPart && !Isolation.needsWholeGPU(demand, under: .mig) else { return -1 }
    let profiles = kinds.indices.map { k -> Int in
      let offered = self.offered(kinds[k].geometry)
      if !demand.profile.isEmpty {
        return offered.first { kinds[k].geometry.profiles[$0].name == demand.profile } ?? -1
      }
      return demand.asksForPart
        ? kinds[k].geometry.smallest(
          memoryMiB: demand.memoryMiB,
          computeMilli: demand.computeMilli,
          of: offered
        )
        : kinds[k].geometry.smallest(shareMilli: shape.milliGPUPerDevice, of: offered)
    }
    if let known = slices.firstIndex(of: profiles) { return Int16(known) }
    guard slices.count < Self.mostSlices else {
      throw SimulationError.invalidInput("a run has at most \(Self.mostSlices) kinds of MIG instances")
    }
    slices.append(profiles)
    return Int16(slices.count - 1)
  }

  /// The profiles that GPUs of the geometry offer: all where any is cut on
  /// demand, else those of the layouts.
  private func offered(_ geometry: MIGGeometry) -> [Int] {
    let own = kinds.filter { $0.geometry.name == geometry.name }
    if own.contains(where: { $0.layouts == nil }) { return Array(geometry.profiles.indices) }
    let used = Set(own.flatMap { $0.layouts!.flatMap { $0 } }.map { geometry.placements[$0].profile })
    return used.sorted()
  }

  /// Thousandths of a GPU that the smallest instance of the slice takes.
  func leastMilli(_ slice: Int16) -> Int32 {
    kinds.indices.compactMap { k -> Int32? in
      let profile = slices[Int(slice)][k]
      return profile < 0 ? nil : kinds[k].geometry.milli(ofProfile: profile)
    }.min() ?? 1000
  }

  /// Bit s: an idle GPU of the kind holds an instance of slice s.
  func holds(kind: Int16) -> UInt64 {
    guard kind >= 0 else { return 0 }
    return slices.indices.reduce(UInt64(0)) { bits, s in
      let profile = slices[s][Int(kind)]
      guard profile >= 0 else { return bits }
      if let layouts = kinds[Int(kind)].layouts {
        let has = layouts.joined().contains { kinds[Int(kind)].geometry.placements[$0].profile == profile }
        return has ? bits | 1 << UInt64(s) : bits
      }
      return bits | 1 << UInt64(s)
    }
  }

  /// What an idle machine like this node offers.
  func machine(_ n: Int, _ spec: NodeSpec, nodeClass: UInt8) -> MachineKind {
    var machine = MachineKind(spec, nodeClass: nodeClass)
    for kind in kindOf[n] {
      machine.slices |= holds(kind: kind)
      // Where layouts change, any GPU may be whole for a time.
      if kind >= 0, let layouts = kinds[Int(kind)].layouts, !layouts.contains([]) { machine.gpuCount -= 1 }
    }
    return machine
  }
}

extension MIGGeometry {
  /// Thousandths of a GPU that an instance takes: its memory slots.
  func milli(ofProfile profile: Int) -> Int32 { Int32(profiles[profile].memorySlots * 1000 / slotCount) }

  /// The smallest of these profiles that serves both, never one with media
  /// extensions; -1: none does.
  func smallest(memoryMiB: Int32, computeMilli: Int32, of offered: [Int]) -> Int {
    smallest(of: offered) { profile in
      Int32(profile.memoryMiB.value) >= memoryMiB && self.computeMilli(profile) >= computeMilli
    }
  }

  /// The same for a share of the slots and of the compute slices.
  func smallest(shareMilli: Int32, of offered: [Int]) -> Int {
    smallest(of: offered) { profile in
      Int32(profile.memorySlots * 1000 / slotCount) >= shareMilli
        && Int32(profile.computeSlices * 1000 / computeSliceCount) >= shareMilli
    }
  }

  private func smallest(of offered: [Int], where serves: (MIGProfile) -> Bool) -> Int {
    let fitting = offered.filter { !profiles[$0].hasMediaExtensions && serves(profiles[$0]) }
    return fitting.min {
      let (a, b) = (profiles[$0], profiles[$1])
      return (a.memorySlots, a.computeSlices) < (b.memorySlots, b.computeSlices)
    } ?? -1
  }

  /// Thousandths of the multiprocessors that MIG hands out: of those of the
  /// largest profile, where counts were published, else of the compute slices.
  private func computeMilli(_ profile: MIGProfile) -> Int32 {
    guard let number = profiles.firstIndex(of: profile) else { return 0 }
    let share = computeShare(ofProfile: number)
    return Int32(share.own * 1000 / share.all)
  }
}

extension MIGGeometry {
  /// The profile that a job gets where all are offered: the one that it names,
  /// else the smallest that serves its memory and compute, or its part of a GPU.
  /// nil: it asks for no part, or no profile serves it.
  public func profile(for shape: JobShape, _ demand: DeviceDemand) -> Int? {
    let all = Array(profiles.indices)
    if !demand.profile.isEmpty { return profile(named: demand.profile) }
    var found = -1
    if demand.asksForPart {
      found = smallest(memoryMiB: demand.memoryMiB, computeMilli: demand.computeMilli, of: all)
    } else if shape.gpuCount == 1 && shape.milliGPUPerDevice < 1000 {
      found = smallest(shareMilli: shape.milliGPUPerDevice, of: all)
    }
    return found < 0 ? nil : found
  }
}
