import SimulationKernel
import Workload

extension Bursting {
  /// Why jobs cannot leave their homes in this run, or nil.
  static func problem(_ input: SimulationInput) -> String? {
    guard let burst = input.burst else { return nil }
    if let problem = burst.problem { return problem }
    for node in input.fleet.nodes where burst.site(of: node) == nil {
      return "node '\(node.name)' belongs to a site that is not listed: \(node.label(siteLabel) ?? "")"
    }
    let policies = AutoNodes.problem(
      queue: input.queue,
      preemption: input.preemption,
      gangs: input.gangs,
      sharing: input.sharing
    )
    if let policies { return "jobs leave their sites only as nodes come and go: " + policies }
    if input.tenancy != nil { return "jobs of virtual clusters do not leave their sites" }
    if input.preemption != nil { return "priorities do not preempt where jobs leave their sites" }
    if input.autoNodes?.clusterAutoscaler != nil {
      return "the cluster-autoscaler knows no sites: jobs leave them with the provisioner karpenter only"
    }
    if burst.hasData && input.contention != nil {
      return "data are not staged where jobs on one GPU slow one another"
    }
    let jobs = input.jobs
    for job in 0..<jobs.count where jobs.limit(of: job) != nil {
      let name = jobs.classes[Int(jobs.jobClass[job].rawValue)]
      if burst.followsData(of: burst.terms(of: name)) {
        return
          "class '\(name)' has a time limit, and data that come over a shared link or stay where they came"
      }
    }
    for job in 0..<jobs.count where jobs.kind[job] == .service {
      let name = jobs.classes[Int(jobs.jobClass[job].rawValue)]
      if burst.terms(of: name).dataBytes > 0 {
        return "class '\(name)' is a service, whose data are not staged: state its coldStart"
      }
    }
    if jobs.count > EventLoop.mostRelaxable {
      return "a run in which jobs leave their sites has at most \(EventLoop.mostRelaxable) jobs"
    }
    for shape in jobs.shapes {
      if shape.relaxation > 0 { return "wishes are not relaxed where jobs leave their sites" }
      if shape.workers > 1 && shape.wish != .anywhere {
        return "gangs with placement \(shape.wish.name) do not leave their sites; accepted: anywhere"
      }
      if !jobs.constraints[Int(shape.constraints.rawValue)].rules.isEmpty {
        return "rules between jobs do not go with jobs that leave their sites"
      }
    }
    let groups = input.autoNodes?.groups.map(\.name) ?? []
    for agreement in burst.agreements where !groups.contains(agreement.group) {
      return "an agreement is about auto nodes that do not exist: '\(agreement.group)'"
    }
    return nil
  }

  /// What is wrong with it by itself, or nil.
  private var problem: String? {
    if sites.isEmpty || sites.count > Self.mostSites || Set(sites).count < sites.count {
      return "jobs leave their sites among 1 ... \(Self.mostSites) sites with different names"
    }
    if rules.isEmpty || rules.count > Self.mostRules {
      return "jobs leave their sites by 1 ... \(Self.mostRules) rules, found \(rules.count)"
    }
    let places =
      [home] + rules.flatMap(\.sites) + links.flatMap { [$0.from, $0.to] }
      + classes.values.flatMap { [$0.home, $0.dataSite].compactMap { $0 } }
    if places.contains(where: { !sites.indices.contains($0) }) {
      return "a site is named that does not exist"
    }
    if rules.contains(where: \.sites.isEmpty) { return "a rule lets jobs go to no site" }
    let spans = rules.flatMap { rule in
      [rule.after] + [rule.deadlineSlack, rule.shortest, rule.longest, rule.longestStaging].compactMap { $0 }
    }
    if spans.contains(where: { $0 < .zero || $0 > SimTime.latest - .zero }) {
      return "the times of a burst rule must be 0 ... 36 years"
    }
    for rule in rules {
      if let shortest = rule.shortest, let longest = rule.longest, shortest > longest {
        return "a burst rule asks for durations of at least \(shortest) and at most \(longest)"
      }
      if let error = rule.largestEstimateError, !(error >= 0 && error.isFinite) {
        return "the largest error of estimates must be 0 or more"
      }
    }
    for link in links where link.bytesPerSecond < 1 || !(link.usdPerGiB >= 0 && link.usdPerGiB.isFinite) {
      return "a link between sites needs a bandwidth above 0 and a price of 0 or more"
    }
    for (name, terms) in classes.sorted(by: { $0.key < $1.key }) {
      if terms.dataBytes < 0 { return "the data of class '\(name)' have a size below 0" }
      if followsData(of: terms), terms.dataBytes > StorageSpec.mostBytes {
        return "the data of class '\(name)' are more than a petabyte, over a shared link or to be kept"
      }
      if staging(terms, to: terms.home ?? home) == nil {
        return "class '\(name)' has its data at '\(sites[dataSite(terms)])', from where no link leads home"
      }
    }
    if let budget, !(budget.usd >= 0 && budget.usd < 1e12) || budget.every < .tick {
      return "a burst budget needs an amount of 0 or more and a period"
    }
    if let budget, budget.every > SimTime.latest - .zero { return "the period of a burst budget is too long" }
    for agreement in agreements
    where agreement.nodes < 1 || !(agreement.pricePerHour >= 0 && agreement.pricePerHour.isFinite) {
      return "a burst agreement needs nodes and a price of 0 or more"
    }
    return Set(agreements.map(\.group)).count < agreements.count
      ? "two burst agreements are about the same auto nodes" : nil
  }
}
