import SimulationKernel
import Workload

/// Data that come from other sites in a time that depends on others: over links
/// that runs share, or once for all runs of a class.
///
/// Its links are those of ``Bursting/links``; a flow is a run, or the data of a
/// class on their way to a site, where they stay.
final class SiteData {
  /// What a run has to do for its data.
  enum Step: Equatable {
    /// They are there, or come in a time of their own.
    case nothing
    /// They, or those of another run, are under way.
    case waits
    /// They set out over this link.
    case begins(link: Int)
  }

  private enum Presence: UInt8 {
    case absent, underWay, here
  }

  let plan: BurstPlan
  private let jobClass: [JobClassID]
  private let terms: [Bursting.ClassTerms]
  /// By class and site: the link over which data come; -1: none, or in a time of
  /// their own.
  private let linkOf: [Int32]
  /// The same: where data that stay are, and the runs that wait for them.
  private var presence: [Presence]
  private var waiting: [[Int32]]
  /// By job: since when it waits for its data.
  private let since: Column<Int64>

  init(_ plan: BurstPlan, _ input: SimulationInput) {
    self.plan = plan
    jobClass = input.jobs.jobClass
    terms = input.jobs.classes.map { plan.spec.terms(of: $0) }
    let spec = plan.spec
    linkOf = terms.flatMap { terms in
      spec.sites.indices.map { Int32(spec.followedLink(terms, to: $0) ?? -1) }
    }
    presence = Array(repeating: .absent, count: linkOf.count)
    waiting = Array(repeating: [], count: linkOf.count)
    since = Column(repeating: 0, count: input.jobs.count)
  }

  private func cell(_ job: Int, at site: Int) -> Int {
    Int(jobClass[job].rawValue) * plan.spec.sites.count + site
  }

  private func terms(_ job: Int) -> Bursting.ClassTerms { terms[Int(jobClass[job].rawValue)] }

  /// The flow of the class's data to the site; runs are flows from 0 on.
  private func flow(_ cell: Int) -> Int32 { -1 - Int32(cell) }

  /// A run at the site needs its data. The flow that begins, if one does, is
  /// `flow`.
  func begins(_ job: Int, at site: Int, now: Int64) -> (step: Step, flow: Int32, bytes: Int64) {
    let cell = cell(job, at: site)
    let link = Int(linkOf[cell])
    let bytes = terms(job).dataBytes
    guard link >= 0 else { return (.nothing, 0, 0) }
    since[job] = now
    guard terms(job).keepsData else { return (.begins(link: link), Int32(job), bytes) }
    switch presence[cell] {
    case .here: return (.nothing, 0, 0)
    case .underWay:
      waiting[cell].append(Int32(job))
      return (.waits, 0, 0)
    case .absent:
      presence[cell] = .underWay
      waiting[cell] = [Int32(job)]
      return (.begins(link: link), flow(cell), bytes)
    }
  }

  /// A flow has arrived: the runs that have their data now.
  func arrives(_ flow: Int32) -> [Int32] {
    if flow >= 0 { return [flow] }
    let cell = Int(-1 - flow)
    presence[cell] = .here
    defer { waiting[cell] = [] }
    return waiting[cell]
  }

  /// The run does not wait for its data any more; returns the link that it
  /// leaves, if they came for it alone.
  func ends(_ job: Int, at site: Int) -> Int? {
    let cell = cell(job, at: site)
    if terms(job).keepsData {
      waiting[cell].removeAll { $0 == Int32(job) }
      return nil
    }
    return Int(linkOf[cell])
  }

  /// How long the run has waited for its data, ns.
  func waited(_ job: Int, until now: Int64) -> Int64 { now - since[job] }
}
