import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// What MIG could still place, against a walk over the instants at which
/// anything changes that looks at every start of every profile.
@Suite struct PlaceabilityTests {
  @Test func `integrals of what could be placed equal a walk over all instants`() throws {
    let geometry = try #require(
      GPUCatalogue.builtin.model(named: "h100-80gb-sxm").flatMap(MIGGeometry.of)
    )
    var sometimes = 0
    for seed in UInt64(0)..<80 {
      var dice = SplitMix(seed: seed)
      let nodes = (0..<Int.random(in: 1...3, using: &dice)).map { _ in
        NodeSketch(cpu: 64, gpus: 1, model: "h100-80gb-sxm")
      }
      var now: Int64 = 0
      let jobs = (0..<30).map { _ -> JobSketch in
        now += Int64.random(in: 0...15, using: &dice)
        let span = Int64.random(in: 1...120, using: &dice)
        if Int.random(in: 0..<8, using: &dice) == 0 { return JobSketch.gpu(1, at: now, for: span) }
        var job = JobSketch.part(125, at: now, for: span)
        job.device.profile = geometry.profiles.randomElement(using: &dice)!.name
        return job
      }
      let outcome = try Simulation.run(
        input(nodes, jobs).with {
          $0.sharing = .mig
          $0.mig = MIGSpec(createTime: .zero)
          $0.queue = .fifo(headOfLineBlocking: false)
          $0.measuredFrom = SimTime(nanoseconds: 20)
        }
      )
      let expected = walk(outcome, jobs: jobs.count, nodes: nodes.count, geometry)
      let found = try #require(outcome.placeability.first)
      #expect(found.slotNanoseconds == expected.slots, "seed \(seed)")
      for (profile, time) in expected.profiles {
        #expect(found.profiles.first { $0.name == profile }?.nanoseconds == time, "seed \(seed), \(profile)")
        if time > 0, time < Int128(outcome.end.nanoseconds - 20) { sometimes += 1 }
      }
    }
    #expect(sometimes > 200)
  }

  private func walk(
    _ outcome: RunOutcome,
    jobs: Int,
    nodes: Int,
    _ geometry: MIGGeometry
  ) -> (slots: Int128, profiles: [(String, Int128)]) {
    let runs = (0..<jobs).filter { outcome.jobs.startNanoseconds[$0] >= 0 }
    let instants = Set(
      runs.flatMap { [outcome.jobs.startNanoseconds[$0], outcome.jobs.endNanoseconds[$0]] } + [
        20, outcome.end.nanoseconds,
      ]
    ).sorted().filter { $0 >= 20 && $0 <= outcome.end.nanoseconds }
    var slots: Int128 = 0
    var times = [Int128](repeating: 0, count: geometry.profiles.count)
    for (from, to) in zip(instants, instants.dropFirst()) {
      var could = [Bool](repeating: false, count: geometry.profiles.count)
      for node in 0..<nodes {
        let here = runs.filter {
          Int(outcome.jobs.node[$0].rawValue) == node && outcome.jobs.startNanoseconds[$0] <= from
            && outcome.jobs.endNanoseconds[$0] > from
        }
        // Handed out whole: nothing else.
        if here.contains(where: { outcome.jobs.instance[$0] == nil }) { continue }
        let used = here.map { job in
          geometry.placements.first { geometry.instance($0) == outcome.jobs.instance[job] }!.parts
        }
        for placement in geometry.placements where used.allSatisfy({ $0.isDisjoint(with: placement.parts) }) {
          let profile = geometry.profiles[placement.profile]
          let count = here.count { outcome.jobs.instance[$0]?.profile == profile.name }
          let slices = here.reduce(0) { sum, job in
            sum
              + geometry.profiles[geometry.profile(named: outcome.jobs.instance[job]!.profile)!].computeSlices
          }
          guard count < profile.maximumCount, slices + profile.computeSlices <= geometry.computeSliceCount
          else {
            continue
          }
          could[placement.profile] = true
        }
      }
      let largest = geometry.profiles.indices.filter { could[$0] }.map { geometry.profiles[$0].memorySlots }
        .max()
      slots += Int128(largest ?? 0) * Int128(to - from)
      for profile in times.indices where could[profile] { times[profile] += Int128(to - from) }
    }
    return (slots, zip(geometry.profiles, times).map { ($0.name, $1) })
  }
}
