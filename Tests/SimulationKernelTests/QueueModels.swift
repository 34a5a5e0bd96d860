import SimulationKernel

/// Whether the tests were built with optimisation; simulations are longer then.
#if DEBUG
  let isOptimised = false
#else
  let isOptimised = true
#endif

/// Nanoseconds in the tests' unit of time, a mean service.
let unit = 1e9

/// A queue written on the kernel's public API: one source, first come first
/// served, any number of servers, with or without room to wait.
struct QueueModel {
  var servers: Int
  var arrivalRate: Double
  var service: Variate
  /// False for a loss system: who finds no server leaves.
  var mayWait = true

  /// What one run showed, in the unit of time.
  struct Result {
    var waits: [Double] = []
    var rejected = 0
    /// The time-mean and time-mean square of the busy servers.
    var meanBusy = 0.0
    var meanSquareBusy = 0.0
    /// Little's law, exactly: the integral of the number in the system, and
    /// the sum of the customers' times in it. The run ends empty.
    var numberIntegral: Int128 = 0
    var timeInSystem: Int128 = 0
    var end = SimTime.zero
  }

  private enum Phase {
    static let departure: UInt8 = 0
    static let arrival: UInt8 = 3
  }

  /// Runs until all customers have left; those before `warmUp` are not
  /// counted in the waits and rejections.
  func run(seed: UInt64, replication: UInt64, customers: Int, warmUp: Int) -> Result {
    var result = Result()
    result.waits.reserveCapacity(customers - warmUp)
    var arrivals = RandomStream(seed: seed, stream: "arrivals", entity: replication)
    var services = RandomStream(seed: seed, stream: "services", entity: replication)
    var feed = EventFeed()
    var arrivedAt: [SimTime] = []
    arrivedAt.reserveCapacity(customers)
    var waitingHead = 0
    var waiting: [UInt32] = []
    var busy = TimeIntegral()
    var busySquares = TimeIntegral()
    var inSystem = TimeIntegral()
    var nextArrival = SimTime.zero + draw(&arrivals)

    func start(_ customer: UInt32) {
      let now = feed.now.time
      let length = max(.tick, SimDuration(nanoseconds: Int64(service.next(from: &services) * unit)))
      feed.push(EventKey(time: now + length, phase: Phase.departure), payload: customer)
      if customer >= warmUp {
        result.waits.append(Double((now - arrivedAt[Int(customer)]).nanoseconds) / unit)
      }
    }
    func changeBusy(by delta: Int64) {
      busy.add(delta, at: feed.now.time)
      busySquares.set(busy.level * busy.level, at: feed.now.time)
    }

    loop: while true {
      let more = arrivedAt.count < customers
      switch feed.next(arrivalKey: more ? EventKey(time: nextArrival, phase: Phase.arrival) : nil) {
      case .arrival:
        let now = feed.now.time
        let customer = UInt32(arrivedAt.count)
        if customer == warmUp {
          busy.restart(at: now)
          busySquares.restart(at: now)
        }
        arrivedAt.append(now)
        nextArrival = now + draw(&arrivals)
        if busy.level < servers {
          inSystem.add(1, at: now)
          changeBusy(by: 1)
          start(customer)
        } else if mayWait {
          inSystem.add(1, at: now)
          waiting.append(customer)
        } else if customer >= warmUp {
          result.rejected += 1
        }
        if arrivedAt.count == customers {
          result.meanBusy = busy.mean(at: now)
          result.meanSquareBusy = busySquares.mean(at: now)
        }
      case .entry(let entry):
        let now = feed.now.time
        inSystem.add(-1, at: now)
        result.timeInSystem += Int128((now - arrivedAt[Int(entry.payload)]).nanoseconds)
        if waitingHead < waiting.count {
          start(waiting[waitingHead])
          waitingHead += 1
        } else {
          changeBusy(by: -1)
        }
      case .end:
        break loop
      }
    }
    result.end = feed.now.time
    result.numberIntegral = inSystem.value(at: result.end)
    return result
  }

  private func draw(_ arrivals: inout RandomStream) -> SimDuration {
    SimDuration(nanoseconds: Int64(arrivals.nextExponential(mean: unit / arrivalRate)))
  }
}

/// M/G/1 processor sharing: everyone present gets an equal share. Each arrival
/// and departure re-times the next departure, by cancelling its event.
struct SharedProcessor {
  var arrivalRate: Double
  var service: Variate

  /// The mean time in the system of the customers after `warmUp`.
  func run(seed: UInt64, replication: UInt64, customers: Int, warmUp: Int) -> Double {
    var arrivals = RandomStream(seed: seed, stream: "arrivals", entity: replication)
    var services = RandomStream(seed: seed, stream: "services", entity: replication)
    var feed = EventFeed()
    var slots = EventSlots()
    var departure: (slot: UInt32, generation: UInt32)?
    // Work served to each one present since the start, in nanoseconds; a
    // customer leaves when it reaches the value that it left with.
    var served = 0.0
    var present: [(leavesAt: Double, arrived: SimTime, customer: Int)] = []
    var lastChange = SimTime.zero
    var times = Tally()
    var count = 0
    var nextArrival = SimTime.zero + gap(&arrivals)

    func advance() {
      let now = feed.now.time
      if !present.isEmpty {
        served += Double((now - lastChange).nanoseconds) / Double(present.count)
      }
      lastChange = now
    }
    func retime() {
      if let departure { slots.release(departure.slot, generation: departure.generation) }
      departure = nil
      guard let first = present.first else { return }
      let left = max(1, (first.leavesAt - served) * Double(present.count))
      let event = slots.allocate()
      departure = event
      let time = lastChange + SimDuration(nanoseconds: Int64(left.rounded(.up)))
      feed.push(EventKey(time: time, phase: 0), payload: event.slot, generation: event.generation)
    }

    while true {
      let arrivalKey = count < customers ? EventKey(time: nextArrival, phase: 3) : nil
      let next = feed.next(arrivalKey: arrivalKey) { slots.isLive($0) }
      if next == .end { break }
      advance()
      if next == .arrival {
        let leavesAt = served + service.next(from: &services) * unit
        let place = present.firstIndex { $0.leavesAt > leavesAt } ?? present.count
        present.insert((leavesAt, lastChange, count), at: place)
        count += 1
        nextArrival = lastChange + gap(&arrivals)
      } else {
        let gone = present.removeFirst()
        if gone.customer >= warmUp { times.add((lastChange - gone.arrived).nanoseconds) }
      }
      retime()
    }
    return (times.mean ?? .nan) / unit
  }

  private func gap(_ arrivals: inout RandomStream) -> SimDuration {
    SimDuration(nanoseconds: Int64(arrivals.nextExponential(mean: unit / arrivalRate)))
  }
}
