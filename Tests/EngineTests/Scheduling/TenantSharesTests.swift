import Foundation
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// Means over the past in whole numbers, against their definition in
/// floating-point ones.
@Suite struct TenantSharesTests {
  @Test func `a scale is a power of two to twelve digits, and doubles exactly`() {
    for halfLife in [1, 3, 101, 604_800_000_000_000, 1 << 60] as [Int64] {
      let scale = HalfLifeScale(halfLife: halfLife)
      let unit = Double(1 << HalfLifeScale.fractionBits)
      for part in 0..<200 {
        let elapsed = Int64(Double(halfLife) * Double(part) / 60)
        let exact = exp2(Double(elapsed) / Double(halfLife))
        #expect(abs(Double(scale.value(elapsed)) / unit / exact - 1) < 2e-12, "\(elapsed) of \(halfLife)")
        if elapsed + halfLife > elapsed, elapsed < Int64.max - halfLife {
          let twice = scale.value(elapsed + halfLife)
          #expect(twice >> 1 == scale.value(elapsed))
        }
      }
    }
  }

  @Test func `shares are those of their definition over hundreds of half-lives`() {
    for seed in 0..<UInt64(60) {
      var draws = SplitMix(seed: seed &+ 11)
      let halfLife = Int64.random(in: 1...40, using: &draws)
      let outlook = Int64.random(in: 0...(3 * halfLife), using: &draws)
      let jobs = (0..<40).map { _ in
        JobSketch(
          duration: 1,
          cpu: Int32.random(in: 0...5, using: &draws) * 1000,
          memory: Int32.random(in: 0...64, using: &draws),
          gpus: 1,
          tenant: Int.random(in: 0..<3, using: &draws)
        )
      }
      let nodes = [
        NodeSketch(cpu: 64_000, memory: 512, gpus: 16), NodeSketch(cpu: 64_000, memory: 512, gpus: 16),
      ]
      let input = EngineTests.input(nodes, jobs, tenants: 3)
      let requests = input.jobs.shapes.map {
        Request($0, sharing: .fractions)
      }
      let spec = FairShare(
        weights: [.init(tenant: "tenant-1", weight: 5)],
        resource: seed % 2 == 0 ? .gpu : .dominant,
        halfLife: SimDuration(nanoseconds: halfLife),
        outlook: SimDuration(nanoseconds: outlook)
      )
      let shares = TenantShares(spec, input, requests)
      var now: Int64 = 0
      var runs: [(job: Int, start: Int64, end: Int64?)] = []
      for step in 0..<80 {
        now += Int64.random(in: 0...(step % 20 == 19 ? 40 * halfLife : halfLife), using: &draws)
        if step < 40 {
          shares.change(step, 1, at: now)
          runs.append((step, now, nil))
        }
        if let open = runs.indices.filter({ runs[$0].end == nil }).randomElement(using: &draws), step % 2 == 1
        {
          shares.change(runs[open].job, -1, at: now)
          runs[open].end = now
        }
        for tenant in 0..<3 {
          let end = now + outlook
          func mean(_ amount: (JobSketch) -> Double, of capacity: Double) -> Double {
            runs.filter { jobs[$0.job].tenant == tenant }.reduce(0) { sum, run in
              let until = exp2(Double((run.end ?? end) - end) / Double(halfLife))
              return sum + amount(jobs[run.job]) * (until - exp2(Double(run.start - end) / Double(halfLife)))
            } / capacity
          }
          var parts = [mean({ _ in 1000 }, of: 32_000)]
          if spec.resource == .dominant {
            parts += [mean({ Double($0.cpu) }, of: 128_000), mean({ Double($0.memory) }, of: 1024)]
          }
          let exact = parts.max()! / (tenant == 1 ? 5 : 1)
          let share = shares.share(tenant, at: now)
          let scale = Double(HalfLifeScale(halfLife: halfLife).value(shares.sinceEpoch(now) + outlook))
          let ours = Double(share.numerator) / Double(share.denominator) / scale
          #expect(abs(ours - exact) < 1e-10, "seed \(seed), step \(step): \(ours) for \(exact)")
        }
      }
    }
  }

  @Test func `oracle 19: the exact max-min solution is progressive filling's`() {
    for seed in 0..<UInt64(200) {
      var draws = SplitMix(seed: seed &* 13 &+ 1)
      let scales = (0..<Int.random(in: 1...40, using: &draws)).map { _ in
        Double([1, 2, 4, 8].randomElement(using: &draws)!)
      }
      let capacity = Double(Int.random(in: 8...48, using: &draws))
      // All rise together until one has all its time or the GPUs are out.
      let level = min(scales.min()!, capacity / Double(scales.count))
      let demand = RoundDemand(
        jobs: scales.enumerated().map { number, gpus in
          RoundDemand.Job(id: Int32(number), gpus: gpus, weight: 1, throughput: [1], stepsLeft: 1, age: 0)
        },
        gpus: [capacity],
        models: ["A"]
      )
      let found = MaxMinShares(byThroughput: false).programme(demand).corner(count: scales.count + 1)!.last!
      #expect(abs(found - level) <= 1e-12 * level, "seed \(seed): \(found) for \(level)")
    }
  }
}
