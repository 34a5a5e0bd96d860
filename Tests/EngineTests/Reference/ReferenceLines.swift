import Engine
import Foundation
import Outcome
import Workload

/// Ageing priorities with a limit, and fair shares: who is next is computed
/// from the definitions at every decision, from all that has run.
extension ReferenceSimulator {
  /// Jobs of one priority or tenant; of one request, where others may pass.
  struct Line: Hashable {
    var group: Int
    var shape: Int32
  }

  var isInLines: Bool {
    switch input.queue {
    case .ageing(let ageing, _): ageing.atMost != nil
    case .fairShare: true
    default: false
    }
  }

  func line(_ j: Int) -> Line {
    var isByTenant = false
    if case .fairShare = input.queue { isByTenant = true }
    return Line(
      group: isByTenant ? Int(input.jobs.tenant[j].rawValue) : Int(input.jobs.priority[j]),
      shape: blocks ? 0 : input.jobs.shape[j].rawValue
    )
  }

  func head(of line: Line) -> Int? { waiting.filter { self.line($0) == line }.min() }

  private var heads: [Int] { Set(waiting.map(line)).compactMap { head(of: $0) } }

  mutating func linePass(_ now: Int64) {
    refusedLines = refusedLines.filter { line in
      let head = head(of: line)!
      return !freed.contains { isWorthTrying(head, on: $0) }
    }
    var blocksAll = false
    if case .ageing = input.queue { blocksAll = blocks }
    var done: Set<Line> = []
    var started: [Int] = []
    var shapes: Set<Int32> = []
    while let j = heads.filter({ !done.contains(line($0)) }).min(by: { isAhead($0, $1, now) }) {
      if tryToStart(j, now) {
        started.append(j)
        continue
      }
      let shape = input.jobs.shape[j].rawValue
      if refusedLines.insert(line(j)).inserted {
        if blocks || shapes.insert(shape).inserted {
          lastCause[shape] = cause(j)
          jobs.cause[j] = isOvertaken(j, by: started) ? .fairShare : cause(j)
          lineCause[line(j)] = jobs.cause[j]
        } else {
          lineCause[line(j)] = nil
        }
      }
      if blocksAll { break }
      done.insert(line(j))
    }
    timer = blocksAll ? nextHead(now) : nil
  }

  /// Later jobs of other tenants started just now, and without them it would
  /// have fitted.
  private func isOvertaken(_ j: Int, by started: [Int]) -> Bool {
    guard case .fairShare = input.queue else { return false }
    let later = started.filter { $0 > j && input.jobs.tenant[$0] != input.jobs.tenant[j] }
    if later.isEmpty { return false }
    var without = nodes
    for other in later { for piece in laid[other] { without[piece.node].giveBack(other) } }
    return layout(j, on: without) != nil
  }

  /// The first instant at which another job stands at the head.
  private func nextHead(_ now: Int64) -> Int64? {
    guard case .ageing(let ageing, _) = input.queue,
      let head = heads.min(by: { isAhead($0, $1, now) })
    else { return nil }
    let full = Int64(ageing.atMost!) * ageing.every.nanoseconds / Int64(ageing.raises) + 1
    let last = waiting.map { input.jobs.arrival[$0].nanoseconds }.max()! + full
    var time = now + 1
    while time <= last {
      if heads.contains(where: { isAhead($0, head, time) }) { return time }
      time += 1
    }
    return nil
  }

  private func isAhead(_ a: Int, _ b: Int, _ now: Int64) -> Bool {
    switch input.queue {
    case .ageing(let ageing, _):
      let (x, y) = (level(a, ageing, now), level(b, ageing, now))
      return x != y ? x > y : a < b
    case .fairShare(let spec, _):
      let (x, y) = (share(of: a, spec, now), share(of: b, spec, now))
      // Equal histories add up differently in the last digits.
      return abs(x - y) > 1e-12 * max(x, y) ? x < y : a < b
    default: preconditionFailure("not in lines")
    }
  }

  private func level(_ j: Int, _ ageing: PriorityAgeing, _ now: Int64) -> Int64 {
    let gain = Int64(ageing.raises) * (now - input.jobs.arrival[j].nanoseconds)
    return Int64(input.jobs.priority[j]) * ageing.every.nanoseconds
      + min(gain, Int64(ageing.atMost!) * ageing.every.nanoseconds)
  }

  /// The share of the job's tenant.
  private func share(of j: Int, _ spec: FairShare, _ now: Int64) -> Double {
    let tenant = input.jobs.tenant[j]
    let weight = spec.weights.first { $0.tenant == input.jobs.tenants[Int(tenant.rawValue)] }?.weight ?? 1
    let own = input.jobs.tenant.indices.filter { input.jobs.tenant[$0] == tenant }
    let all = input.fleet.nodes
    let resources: [(capacity: Int, held: (ReferenceRequest) -> Int)] = [
      (all.reduce(0) { $0 + $1.gpuCount * 1000 }, { $0.takenByAll }),
      (all.reduce(0) { $0 + Int($1.cpuMilli) }, { $0.cpu * $0.workers }),
      (all.reduce(0) { $0 + Int($1.memoryMiB) }, { $0.memory * $0.workers }),
    ]
    let counted = (spec.resource == .gpu ? Array(resources.prefix(1)) : resources).filter { $0.capacity > 0 }
    return counted.map { resource in
      own.reduce(0.0) { $0 + Double(resource.held(requests[$1])) * part(of: $1, spec, now) }
        / Double(resource.capacity) / Double(weight)
    }.max() ?? 0
  }

  /// How much of the mean the job's runs make up: the integral of the weights
  /// of the past over them, as of the outlook.
  private func part(of j: Int, _ spec: FairShare, _ now: Int64) -> Double {
    let isRunning = jobs.state[j] == .running
    guard let halfLife = spec.halfLife?.nanoseconds else { return isRunning ? 1 : 0 }
    let end = now + spec.outlook.nanoseconds
    func weightUntil(_ time: Int64) -> Double { exp2(Double(time - end) / Double(halfLife)) }
    var runs = attempts.filter { $0.job == j }.map { ($0.start, $0.end) }
    if isRunning {
      runs.append((jobs.startNanoseconds[j], end))
    } else if jobs.state[j] == .completed {
      runs.append((jobs.startNanoseconds[j], jobs.endNanoseconds[j]))
    }
    return runs.reduce(0) { $0 + weightUntil($1.1) - weightUntil($1.0) }
  }
}
