/// The books of shared GPUs kept a second time, for `verify`: what each client
/// was granted, and that no GPU grants more than there is of it.
final class SharingAudit {
  /// By job: work of its present run, and what it has been granted of it, ns
  /// x 10⁹.
  private let work: Column<Int128>
  private let granted: Column<Int128>

  init(jobs: Int) {
    work = Column(repeating: 0, count: jobs)
    granted = Column(repeating: 0, count: jobs)
  }

  func joined(_ job: Int, work amount: Int128) {
    work[job] = amount
    granted[job] = 0
  }

  func worked(_ job: Int, rate: Int64, span: Int64) { granted[job] += Int128(rate) * Int128(span) }

  /// - Throws: where a GPU grants more than there is of it, or what a client
  ///   has done and has left are not its work.
  func check(_ device: Int, _ sharing: DeviceSharing) throws {
    var sum: Int128 = 0
    let clients = sharing.rows(device)
    let isBeside = clients.filter { sharing.kind($0).demandAlone > 0 }.count > 1
    for client in clients {
      let kind = sharing.kind(client)
      let job = Int(client.job)
      sum += Int128(client.rate) * Int128(isBeside ? kind.demandBeside : kind.demandAlone)
      if client.rate < 0 || client.rate > ClientKind.one {
        throw SimulationError.invariantBroken("job \(job) works at \(client.rate) billionths of full speed")
      }
      // The last nanosecond of a run may grant more than was left.
      if client.left != max(0, work[job] - granted[job]) {
        throw SimulationError.invariantBroken("work done and work left of job \(job) are not its work")
      }
    }
    if sum > DeviceSharing.scale * DeviceSharing.scale || sum != Int128(sharing.devices[device].load) {
      throw SimulationError.invariantBroken("the shares of GPU \(device) add up to \(sum) of 10^18")
    }
  }
}
