import AllocationCounter
import BenchmarkSupport
import Glibc
import SimulationKernel

/// One timed run of a model.
struct Measurement {
  /// Events or customers per second of CPU time.
  var rate: Double
  /// Heap blocks asked for in the timed part.
  var allocations: UInt64
  /// A number that must agree with the reference, or with theory.
  var check: String
}

/// The hold model: pop the earliest event, push it back with an exponential
/// increment of mean one second. The same events as `hold.cpp`.
func hold(pending: Int, events: Int) -> Measurement {
  let mean = 1e9
  var random = Xoshiro(seed: 1)
  var calendar = Calendar(minimumCapacity: pending)
  var hash: UInt64 = 0
  for index in 0..<pending {
    let time = SimTime(nanoseconds: random.exponential(mean: mean))
    calendar.push(EventKey(time: time, phase: 0), payload: UInt32(index), generation: 0)
  }
  func run(_ count: Int) {
    for _ in 0..<count {
      guard let entry = calendar.popMin() else { return }
      let time = entry.key.time
      hash = (hash ^ UInt64(bitPattern: time.nanoseconds) ^ UInt64(entry.payload)) &* 0xBF58_476D_1CE4_E5B9
      hash ^= hash >> 32
      let next = SimTime(nanoseconds: time.nanoseconds + random.exponential(mean: mean))
      calendar.push(EventKey(time: next, phase: 0), payload: entry.payload, generation: 0)
    }
  }
  run(2 * pending)
  let allocations = allocation_count()
  let start = cpuSeconds()
  run(events)
  let seconds = cpuSeconds() - start
  return Measurement(
    rate: Double(events) / seconds,
    allocations: allocation_count() - allocations,
    check: String(hash, radix: 16)
  )
}

/// M/M/10 at load 0.9, first come first served, through the public feed and
/// random streams; the check is the mean wait in mean services (0.66873).
func multiServerQueue(customers: Int) -> Measurement {
  let servers = 10
  var arrivals = RandomStream(seed: 1, stream: "arrivals")
  var services = RandomStream(seed: 1, stream: "services")
  var feed = EventFeed(minimumCapacity: servers)
  // A ring of the arrival times of those who wait.
  var waiting = [Int64](repeating: 0, count: 1 << 12)
  var head = 0
  var tail = 0
  var busy = 0
  var totalWait: Int64 = 0
  var warmAllocations = allocation_count()
  let start = cpuSeconds()
  var left = customers
  var nextArrival = SimTime.zero + SimDuration(nanoseconds: Int64(arrivals.nextExponential(mean: 1e9 / 9)))
  loop: while true {
    switch feed.next(arrivalKey: left > 0 ? EventKey(time: nextArrival, phase: 3) : nil) {
    case .arrival:
      let now = feed.now.time
      if busy < servers {
        busy += 1
        let end = now + SimDuration(nanoseconds: Int64(services.nextExponential(mean: 1e9)))
        feed.push(EventKey(time: max(end, now + .tick), phase: 0), payload: 0)
      } else {
        if tail - head == waiting.count { waiting = grown(waiting, head: &head, tail: &tail) }
        waiting[tail & (waiting.count - 1)] = now.nanoseconds
        tail += 1
      }
      left -= 1
      if left == customers - 1_000 { warmAllocations = allocation_count() }
      nextArrival = now + SimDuration(nanoseconds: Int64(arrivals.nextExponential(mean: 1e9 / 9)))
    case .entry:
      if head < tail {
        let now = feed.now.time
        totalWait += now.nanoseconds - waiting[head & (waiting.count - 1)]
        head += 1
        let end = now + SimDuration(nanoseconds: Int64(services.nextExponential(mean: 1e9)))
        feed.push(EventKey(time: max(end, now + .tick), phase: 0), payload: 0)
      } else {
        busy -= 1
      }
    case .end:
      break loop
    }
  }
  let seconds = cpuSeconds() - start
  return Measurement(
    rate: Double(customers) / seconds,
    allocations: allocation_count() - warmAllocations,
    check: "\(Double(totalWait) / 1e9 / Double(customers))"
  )
}

/// The ring with twice the room.
private func grown(_ ring: [Int64], head: inout Int, tail: inout Int) -> [Int64] {
  var larger = [Int64](repeating: 0, count: ring.count * 2)
  for position in head..<tail { larger[position - head] = ring[position & (ring.count - 1)] }
  (head, tail) = (0, tail - head)
  return larger
}

/// Allocates one object an event on purpose: the counter must see it.
func allocateOnPurpose(events: Int) -> UInt64 {
  final class Event {
    let time: Int
    init(time: Int) { self.time = time }
  }
  var kept: [Event] = []
  kept.reserveCapacity(events)
  let before = allocation_count()
  for time in 0..<events { kept.append(Event(time: time)) }
  return allocation_count() - before + UInt64(kept.count - events)
}
