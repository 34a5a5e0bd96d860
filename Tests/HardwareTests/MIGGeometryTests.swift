import Foundation
import Hardware
import TestSupport
import Testing

@Suite("MIG geometry")
struct MIGGeometryTests {
  static let boards = [
    "a100-40gb-sxm", "a100-80gb-pcie", "h100-80gb-sxm", "h100-94gb-nvl", "h200-141gb-sxm", "b200-180gb-sxm",
    "a30",
  ]

  private func geometry(_ board: String) throws -> MIGGeometry {
    let model = try #require(GPUCatalogue.builtin.model(named: board))
    return try #require(MIGGeometry.of(model))
  }

  @Test("all layouts are counted", arguments: boards.filter { $0 != "a30" })
  func eightSlots(board: String) throws {
    let geometry = try geometry(board)
    let all = MIGLayouts.withoutMedia(geometry)
    #expect(all.all.count == 723)
    #expect(all.maximal.count == 78)
    #expect(all.maximalContents.count == 38)
    let plain = MIGLayouts.ofPlainSlices(geometry)
    #expect(plain.all.count == 298)
    #expect(plain.maximal.count == 19)
    #expect(plain.maximalContents.count == 14)
  }

  @Test("all layouts of an A30 are counted")
  func fourSlots() throws {
    let layouts = MIGLayouts.withoutMedia(try geometry("a30"))
    #expect(layouts.all.count == 26)
    #expect(layouts.maximal.count == 5)
    #expect(layouts.maximalContents.count == 4)
  }

  /// Legality from the rules alone: slots free, media engines free.
  private func isLegal(_ geometry: MIGGeometry, _ profile: MIGProfile, _ start: Int, _ state: MIGState)
    -> Bool
  {
    guard profile.starts.contains(start), start + profile.memorySlots <= geometry.slotCount else {
      return false
    }
    for slot in start..<start + profile.memorySlots where state.slots & 1 << UInt8(slot) != 0 { return false }
    return !(profile.hasMediaExtensions && state.rawValue & 256 != 0)
  }

  @Test("every state, profile and start agrees with the rules", arguments: boards)
  func legality(board: String) throws {
    let geometry = try geometry(board)
    var legal = 0
    for raw in 0..<UInt16(MIGState.count) {
      let state = MIGState(rawValue: raw)
      for (number, profile) in geometry.profiles.enumerated() {
        let starts = (0..<8).filter { isLegal(geometry, profile, $0, state) }
        let open = geometry.openPlacements(state, ofProfile: number)
        let ours = geometry.placements.indices.filter { open & 1 << UInt32($0) != 0 }
        #expect(
          ours.map { geometry.placements[$0].start } == starts,
          "\(board), \(profile.name), state \(raw)"
        )
        legal += starts.count
        let lowest = geometry.placement(of: number, in: state, by: .lowestStart)
        #expect(lowest?.start == starts.first, "\(board), \(profile.name), state \(raw)")
      }
      #expect(
        geometry.openPlacements(state).nonzeroBitCount
          == geometry.profiles.indices.reduce(0) {
            $0 + geometry.openPlacements(state, ofProfile: $1).nonzeroBitCount
          }
      )
    }
    #expect(legal > 100)
  }

  @Test("the largest free run is kept, then most placements", arguments: boards)
  func largestFreeRun(board: String) throws {
    let geometry = try geometry(board)
    for raw in 0..<UInt16(MIGState.count) {
      let state = MIGState(rawValue: raw)
      for (number, profile) in geometry.profiles.enumerated() {
        let choices = (0..<8).filter { isLegal(geometry, profile, $0, state) }.map {
          start -> (Int, Int, Int) in
          let mask = (UInt16(1) << UInt16(profile.memorySlots) - 1) << UInt16(start)
          let after = MIGState(rawValue: raw | mask | (profile.hasMediaExtensions ? 256 : 0))
          var runs = [0]
          for slot in 0..<geometry.computeSliceCount {
            if after.slots & 1 << UInt8(slot) == 0 { runs[runs.count - 1] += 1 } else { runs.append(0) }
          }
          var survivors = 0
          for other in geometry.profiles {
            survivors += (0..<8).filter { isLegal(geometry, other, $0, after) }.count
          }
          return (-runs.max()!, -survivors, start)
        }
        let best = choices.min { $0 < $1 }
        let ours = geometry.placement(of: number, in: state, by: .largestFreeRun)
        #expect(ours?.start == best?.2, "\(board), \(profile.name), state \(raw)")
      }
    }
  }

  @Test("lowest start blocks a 4g where the largest free run does not")
  func orderMatters() throws {
    let geometry = try geometry("a100-40gb-sxm")
    func placed(_ rule: MIGPlacementRule) throws -> [Int?] {
      var state = MIGState.empty
      return try ["1g.5gb", "4g.20gb", "2g.10gb"].map { name in
        let profile = try #require(geometry.profile(named: name))
        guard let placement = geometry.placement(of: profile, in: state, by: rule) else { return nil }
        state = state.union(placement.parts)
        return placement.start
      }
    }
    #expect(try placed(.lowestStart) == [0, nil, 2])
    #expect(try placed(.largestFreeRun) == [6, 0, 4])
  }

  @Test("a demand gets the smallest profile that serves both")
  func demand() throws {
    func fit(_ board: String, _ slices: Int, _ mebibytes: Int) throws -> String? {
      let geometry = try geometry(board)
      return geometry.smallestProfile(for: MIGDemand(computeSlices: slices, memoryMiB: mebibytes)).map {
        "\(geometry.profiles[$0.profile].name), \($0.surplusSlices) slices and \($0.surplusMiB) MiB over"
      }
    }
    #expect(try fit("h100-80gb-sxm", 1, 8192) == "1g.10gb, 0 slices and 1920 MiB over")
    // 10 GiB do not fit the usable memory of a 1g.10gb.
    #expect(try fit("h100-80gb-sxm", 1, 10_240) == "1g.20gb, 0 slices and 9984 MiB over")
    #expect(try fit("h100-80gb-sxm", 2, 8192) == "2g.20gb, 0 slices and 12032 MiB over")
    #expect(try fit("h100-80gb-sxm", 3, 8192) == "3g.40gb, 0 slices and 32256 MiB over")
    #expect(try fit("h100-80gb-sxm", 5, 1) == "7g.80gb, 2 slices and 81558 MiB over")
    #expect(try fit("h100-80gb-sxm", 1, 90_000) == nil)
    #expect(try fit("a30", 3, 1) == "4g.24gb, 1 slices and 23343 MiB over")
  }

  @Test("resource names are read and written")
  func resources() {
    #expect(MIGResource.name(ofProfile: "1g.10gb") == "nvidia.com/mig-1g.10gb")
    #expect(MIGResource.name(ofProfile: "1g.10gb+me") == "nvidia.com/mig-1g.10gb.me")
    for profile in ["1g.5gb", "1g.5gb+me", "7g.141gb"] {
      #expect(MIGResource.profile(ofName: MIGResource.name(ofProfile: profile)) == profile)
    }
    #expect(MIGResource.profile(ofName: "nvidia.com/gpu") == nil)
  }

  @Test("a node shows what its strategy allows")
  func strategies() {
    func shown(_ strategy: MIGStrategy, _ layouts: [[String]]) -> String? {
      MIGResource.advertised(strategy, layouts: layouts)?.map { "\($0.resource) \($0.count)" }.joined(
        separator: ", "
      )
    }
    let halves = [["3g.40gb", "3g.40gb"], ["3g.40gb", "3g.40gb"]]
    #expect(shown(.none, [[], []]) == "nvidia.com/gpu 2")
    #expect(shown(.none, halves) == nil)
    #expect(shown(.single, halves) == "nvidia.com/gpu 4")
    #expect(shown(.single, [["3g.40gb"], []]) == nil)
    #expect(shown(.single, [["3g.40gb", "4g.40gb"]]) == nil)
    #expect(shown(.mixed, halves + [[]]) == "nvidia.com/gpu 1, nvidia.com/mig-3g.40gb 4")
  }

  @Test(
    "every figure equals the table of profiles",
    .enabled(if: DataFolder.has("hardware/mig_profiles.csv"))
  )
  func table() throws {
    let text = try String(contentsOfFile: DataFolder.path("hardware/mig_profiles.csv"), encoding: .utf8)
    var rows = 0
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      for board in cells[1].split(separator: " ") {
        guard let model = GPUCatalogue.builtin.model(named: String(board)) else { continue }
        let geometry = try #require(MIGGeometry.of(model), "\(board)")
        #expect(geometry.name == cells[0])
        let number = try #require(geometry.profile(named: cells[2]), "\(cells[2])")
        let profile = geometry.profiles[number]
        #expect(profile.driverID == Int(cells[3]))
        #expect(profile.computeSlices == Int(cells[4]))
        #expect(profile.memorySlots == Int(cells[5]))
        #expect(profile.starts.map(String.init).joined(separator: "|") == cells[6])
        #expect(profile.maximumCount == Int(cells[7]))
        #expect(profile.memoryMiB.value == Int(cells[8]))
        #expect((profile.memoryMiB.confidence == .secondary) == (cells[9] == "reported by driver"))
        #expect(profile.smCount?.value == Int(cells[10]))
        #expect(profile.hasMediaExtensions == (cells[16] == "+me"))
        rows += 1
      }
    }
    #expect(rows >= 75)
  }

  @Test("a board that can be cut has its geometry, another has none")
  func capability() {
    for model in GPUCatalogue.all where !model.isMIGCapable {
      #expect(MIGGeometry.of(model) == nil, "\(model.id)")
    }
    for model in GPUCatalogue.all where model.isMIGCapable && model.id != "gb200-186gb" {
      #expect(MIGGeometry.of(model) != nil, "\(model.id)")
    }
  }
}
