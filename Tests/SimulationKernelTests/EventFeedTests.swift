import SimulationKernel
import Testing

@Suite("Event feed")
struct EventFeedTests {
  private func key(_ nanoseconds: Int64, phase: UInt8) -> EventKey {
    EventKey(time: SimTime(nanoseconds: nanoseconds), phase: phase)
  }

  @Test("at equal keys trace rows come before events made in the run")
  func traceFirstAtTies() {
    var feed = EventFeed()
    feed.push(key(10, phase: 3), payload: 1)
    feed.push(key(10, phase: 3), payload: 2)
    feed.push(key(10, phase: 0), payload: 3)
    let rows = [key(10, phase: 3), key(10, phase: 3), key(11, phase: 3)]
    var row = 0
    var seen: [String] = []
    loop: while true {
      switch feed.next(arrivalKey: row < rows.count ? rows[row] : nil) {
      case .arrival:
        seen.append("row \(row)")
        #expect(feed.now == rows[row])
        row += 1
      case .entry(let entry):
        seen.append("event \(entry.payload)")
        #expect(feed.now == entry.key)
      case .end:
        break loop
      }
    }
    #expect(seen == ["event 3", "row 0", "row 1", "event 1", "event 2", "row 2"])
  }

  @Test("a run cut at any instant continues as if it had not been cut")
  func splitRunEqualsWholeRun() {
    func run(cuts: [EventKey]) -> (Fingerprint, Int) {
      var stream = RandomStream(seed: 11, stream: "split")
      let rows = (0..<400).map { _ in EventKey(bits: stream.nextBelow(1 << 30)) }.sorted()
      var row = 0
      var feed = EventFeed()
      var fingerprint = Fingerprint()
      var events = 0
      for limit in cuts + [.distantFuture] {
        loop: while true {
          switch feed.next(arrivalKey: row < rows.count ? rows[row] : nil, before: limit) {
          case .arrival:
            let next = EventKey(bits: feed.now.bits + 1 + stream.nextBelow(1 << 26))
            feed.push(next, payload: UInt32(row))
            row += 1
            fingerprint.fold(feed.now.bits)
          case .entry(let entry):
            fingerprint.fold(entry.key.bits)
            fingerprint.fold(UInt64(entry.payload))
          case .end:
            break loop
          }
          events += 1
        }
      }
      return (fingerprint, events)
    }
    let whole = run(cuts: [])
    #expect(whole.1 == 800)
    var stream = RandomStream(seed: 12, stream: "cuts")
    for _ in 0..<50 {
      let cuts = (0..<8).map { _ in EventKey(bits: stream.nextBelow(1 << 30)) }.sorted()
      let split = run(cuts: cuts)
      #expect(split.0 == whole.0 && split.1 == whole.1)
    }
  }

  @Test("an unsorted trace stops the program")
  func unsortedTrace() async {
    await #expect(processExitsWith: .failure) {
      var feed = EventFeed()
      _ = feed.next(arrivalKey: EventKey(bits: 50))
      _ = feed.next(arrivalKey: EventKey(bits: 49))
    }
  }
}
