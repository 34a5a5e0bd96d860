import SimulationKernel
import Testing

@Suite("Cancellation and the clock")
struct CancellationTests {
  private func key(_ nanoseconds: Int64, phase: UInt8 = 0) -> EventKey {
    EventKey(time: SimTime(nanoseconds: nanoseconds), phase: phase)
  }

  @Test("a cancelled event never moves the clock")
  func cancelledEventIsInvisible() {
    var feed = EventFeed()
    var slots = EventSlots()
    let early = slots.allocate()
    let late = slots.allocate()
    feed.push(key(10), payload: early.slot, generation: early.generation)
    feed.push(key(40), payload: late.slot, generation: late.generation)
    slots.release(early.slot)
    #expect(feed.next(arrivalKey: nil, before: key(30)) { slots.isLive($0) } == .end)
    #expect(feed.now == .zero)
    // The instant of the cancelled event and those before it are still open.
    let again = slots.allocate()
    feed.push(key(5), payload: again.slot, generation: again.generation)
    guard case .entry(let entry) = feed.next(arrivalKey: nil, isLive: { slots.isLive($0) }) else {
      Issue.record("the event at 5 is missing")
      return
    }
    #expect(entry.key == key(5) && feed.now == key(5))
    #expect(entry.payload == early.slot && entry.generation == early.generation + 1)
  }

  @Test("cancelling the last event ends the run at the last live one")
  func lastEventCancelled() {
    var feed = EventFeed()
    var slots = EventSlots()
    let events = (0..<100).map { _ in slots.allocate() }
    for (index, event) in events.enumerated() {
      feed.push(key(Int64(index) * 1_000), payload: event.slot, generation: event.generation)
    }
    for event in events[60...] { slots.release(event.slot) }
    var handed = 0
    while feed.next(arrivalKey: nil, isLive: { slots.isLive($0) }) != .end { handed += 1 }
    #expect(handed == 60)
    #expect(feed.now == key(59_000))
    #expect(feed.pendingCount == 0)
  }

  @Test("cancelled entries that pile up are dropped together")
  func compactsWhenMostAreCancelled() {
    var feed = EventFeed()
    var slots = EventSlots()
    for round in Int64(0)..<50_000 {
      let event = slots.allocate()
      feed.push(key(1_000_000 + round), payload: event.slot, generation: event.generation)
      slots.release(event.slot)
      feed.noteCancellation { slots.isLive($0) }
    }
    #expect(feed.pendingCount < 3_000)
    #expect(slots.liveCount == 0)
    #expect(feed.next(arrivalKey: nil) { slots.isLive($0) } == .end)
    #expect(feed.now == .zero)
  }

  @Test("a slot's earlier life is not mistaken for its present one")
  func generations() {
    var slots = EventSlots()
    let first = slots.allocate()
    #expect(slots.isLive(first.slot, generation: first.generation))
    let released = slots.release(first.slot, generation: first.generation)
    let releasedAgain = slots.release(first.slot, generation: first.generation)
    #expect(released && !releasedAgain)
    let second = slots.allocate()
    #expect(second.slot == first.slot && second.generation != first.generation)
    #expect(!slots.isLive(first.slot, generation: first.generation))
    #expect(first.generation != 0, "generation 0 marks entries that nobody cancels")
  }

  @Test("an event pushed into the past stops the program")
  func pushIntoThePast() async {
    await #expect(processExitsWith: .failure) {
      var calendar = Calendar()
      calendar.push(EventKey(bits: 100), payload: 0, generation: 0)
      _ = calendar.popMin()
      calendar.push(EventKey(bits: 99), payload: 0, generation: 0)
    }
    await #expect(processExitsWith: .failure) {
      var feed = EventFeed()
      _ = feed.next(arrivalKey: EventKey(bits: 100))
      feed.push(EventKey(bits: 99), payload: 0)
    }
    await #expect(processExitsWith: .failure) {
      _ = EventKey(time: SimTime(nanoseconds: -1), phase: 0)
    }
    await #expect(processExitsWith: .success) {
      var calendar = Calendar()
      calendar.push(EventKey(bits: 100), payload: 0, generation: 0)
      _ = calendar.popMin()
      calendar.push(EventKey(bits: 100), payload: 0, generation: 0)
    }
  }
}
