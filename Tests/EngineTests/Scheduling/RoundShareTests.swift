import Testing

@testable import Engine

/// The shares of time that policies of rounds find.
@Suite struct RoundShareTests {
  private func job(
    _ id: Int32,
    gpus: Double = 1,
    steps: Double = 100,
    age: Double = 0,
    _ speed: [Double] = [1]
  )
    -> RoundDemand.Job
  {
    RoundDemand.Job(id: id, gpus: gpus, weight: 1, throughput: speed, stepsLeft: steps, age: age)
  }

  private func demand(_ jobs: [RoundDemand.Job], gpus: [Double]) -> RoundDemand {
    RoundDemand(jobs: jobs, gpus: gpus, models: ["V100", "P100", "K80"].prefix(gpus.count).map { $0 })
  }

  @Test func `an equal part of every model, never more than all the time`() {
    let shares = EqualShares().shares(
      demand([job(0), job(1, gpus: 4), job(2, gpus: 2), job(3)], gpus: [8, 16])
    )
    // 8 / 4 and 16 / 4 GPUs each: one GPU cannot use 6, so its time is divided 1 : 2.
    // All have more GPUs than they can use, one third of them V100.
    #expect(shares.count == 4)
    for share in shares { #expect(abs(share[0] - 1.0 / 3) < 1e-12 && abs(share[1] - 2.0 / 3) < 1e-12) }
    let crowd = EqualShares().shares(demand((0..<32).map { job($0, gpus: 2) }, gpus: [8]))
    #expect(crowd.allSatisfy { $0 == [0.125] })
  }

  /// Raises all unfinished jobs' GPU shares together until one has all its
  /// time or the GPUs are out.
  private func fill(_ gpus: [Double], capacity: Double) -> [Double] {
    var level = [Double](repeating: 0, count: gpus.count)
    var open = Set(gpus.indices)
    var left = capacity
    while !open.isEmpty {
      let step = min(left / Double(open.count), open.map { gpus[$0] - level[$0] }.min()!)
      for job in open { level[job] += step }
      left -= step * Double(open.count)
      if left <= 1e-12 { break }
      open = open.filter { gpus[$0] - level[$0] > 1e-12 }
    }
    return level
  }

  @Test func `at equal speeds the smallest max-min share is that of progressive filling`() {
    var state: UInt64 = 7
    func next(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    for _ in 0..<200 {
      let scales = (0..<Int(1 + next(40))).map { _ in Double([1, 2, 4, 8][Int(next(4))]) }
      let capacity = Double(8 + next(40))
      let jobs = scales.enumerated().map { job(Int32($0), gpus: $1) }
      for byThroughput in [false, true] {
        let policy = MaxMinShares(byThroughput: byThroughput)
        let demand = demand(jobs, gpus: [capacity])
        let exact = fill(scales, capacity: capacity).min()!
        let level = policy.programme(demand).corner(count: jobs.count + 1)!.last!
        #expect(abs(level - exact) < 1e-9)
        // Shares are rounded to millionths.
        let shares = policy.shares(demand)
        #expect(abs(zip(shares, scales).map { $0[0] * $1 }.min()! - exact) < 1e-5)
        #expect(zip(shares, scales).reduce(0) { $0 + $1.0[0] * $1.1 } <= capacity + 1e-4)
        #expect(shares.allSatisfy { (0...1).contains($0[0]) })
      }
    }
  }

  @Test func `by throughput each job gets the model on which it gains most`() {
    // One V100, one K80. Job 0 is 4 times as fast on V100, job 1 equally fast.
    let shares = MaxMinShares(byThroughput: true).shares(
      RoundDemand(jobs: [job(0, [4, 1]), job(1, [1, 1])], gpus: [1, 1], models: ["V100", "K80"])
    )
    // Normalised: job 0 has x / 2.5 x 4, job 1 at most 1; the smallest is 1 at
    // best, with all of job 1's time in use.
    #expect(abs(shares[1][0] + shares[1][1] - 1) < 1e-5)
    #expect((4 * shares[0][0] + shares[0][1]) / 2.5 >= 1 - 1e-5)
  }

  @Test func `first come, first served: holders keep their share, and an ended one hands it on`() {
    let policy = FirstComeShares()
    // 0 and 1 hold 3 of 4 GPUs; 2 asks 4 and stops 3 behind it.
    let all = [job(0), job(1, gpus: 2), job(2, gpus: 4), job(3)]
    #expect(policy.shares(demand(all, gpus: [4])) == [[1], [1], [0], [0]])
    // 0 has ended. Walking it first, 4 GPUs still count as free: 2 gets a
    // share although 1 keeps its own.
    #expect(policy.shares(demand(Array(all[1...]), gpus: [4])) == [[1], [1], [0]])
    // Now 2 GPUs too many are given out; nothing is free for 3.
    #expect(policy.shares(demand(Array(all[1...]), gpus: [4])) == [[1], [1], [0]])
  }

  @Test func `fifo by speed: the fastest model with room, ties by name, zero speed blocks nobody`() {
    let shares = FastestModelShares().shares(
      demand(
        [
          job(0, gpus: 2, [1, 3, 3]), job(1, gpus: 2, [1, 3, 3]), job(2, gpus: 4, [0, 5, 5]),
          job(3, gpus: 1, [2, 1, 1]), job(4, gpus: 4, [1, 1, 1]), job(5, [1, 1, 1]),
        ],
        gpus: [5, 2, 2]
      )
    )
    // K80 before P100 by name; 2 fits V100 alone, in vain; 3 takes the last
    // GPU; 4 fits nowhere and stops 5.
    #expect(shares == [[0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 0]])
  }

  @Test func `the shortest total time is met to 5 percent`() {
    // Two jobs of 1000 and 3000 steps on one GPU, a step a second: 4000 s.
    let jobs = [job(0, steps: 1000), job(1, steps: 3000)]
    let shares = MakespanShares().shares(demand(jobs, gpus: [1]))
    let time = max(1000 / shares[0][0], 3000 / shares[1][0])
    #expect(time >= 3999 && time <= 4201)
    #expect(MakespanShares().shares(demand([job(0, steps: 1e9)], gpus: [1]))[0][0] > 0.9)
  }

  @Test func `finish times are as fair as can be`() {
    // Alone each has half the GPU: 2000 s and 6000 s. With shares x and 1 - x
    // the ratios 1 / 2x and 1 / 2(1 - x) are equal at one half.
    let jobs = [job(0, steps: 1000), job(1, steps: 3000)]
    let policy = FinishTimeShares()
    let shares = policy.shares(demand(jobs, gpus: [1]))
    #expect(abs(shares[0][0] - 0.5) < 1e-5 && abs(shares[1][0] - 0.5) < 1e-5)
    // After 500 s only job 0 has run, 500 steps: its ratio may be reached with
    // less, so job 1 gets more from now on.
    let later = policy.shares(
      demand([job(0, steps: 500, age: 500), job(1, steps: 3000, age: 500)], gpus: [1])
    )
    let ratios = [(500 + 500 / later[0][0]) / 2000, (500 + 3000 / later[1][0]) / 6000]
    #expect(abs(ratios[0] - ratios[1]) < 1e-4 && ratios[0] < 1)
  }
}
