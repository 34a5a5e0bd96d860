import Engine
import Hardware
import SimulationKernel

/// Makes `policy.burst` with what pools and classes say beside it.
struct BurstBuilder {
  var built: BuiltFleet
  var autoNodes: AutoNodes?
  /// Names of the tenants that jobs have; empty where they are not known.
  var tenants: [String]

  /// nil: no job leaves its home, or something is wrong.
  func build(_ burst: Decoded?, _ workload: Decoded?, into diagnostics: inout DiagnosticList) -> Bursting? {
    let classes = workload?["classes"]?.elements.filter(\.isSound) ?? []
    guard let burst else {
      for value in classes.lazy.compactMap({ $0["data"] ?? $0["mayLeave"] ?? $0["site"] }).prefix(1) {
        diagnostics.add(
          value.origin,
          value.keyPath,
          "has no effect: no job leaves its home",
          hint: "say when under policy.burst, or remove it"
        )
      }
      return nil
    }
    guard burst.isSound, let home = burst["home"]?.text, let rules = burst["rules"] else { return nil }
    var sites = [home]
    for node in built.fleet.nodes {
      if let site = node.label(Bursting.siteLabel), !sites.contains(site) { sites.append(site) }
    }
    guard sites.count > 1 else {
      diagnostics.add(
        burst.origin,
        burst.keyPath,
        "no pool of nodes belongs to another site than '\(home)'",
        hint: "say site: cloud and auto: {price: ...} in a pool of fleet.nodes"
      )
      return nil
    }
    guard sites.count <= Bursting.mostSites, rules.elements.count <= Bursting.mostRules else {
      diagnostics.add(
        burst.origin,
        burst.keyPath,
        "found \(sites.count) sites and \(rules.elements.count) rules; accepted: \(Bursting.mostSites) and "
          + "\(Bursting.mostRules)"
      )
      return nil
    }
    let before = diagnostics.found.count
    var result = Bursting(sites: sites, home: 0, rules: [])
    let names = classes.compactMap { $0["name"]?.text }
    for rule in rules.elements {
      if let read = self.rule(rule, sites, classes: names, &diagnostics) { result.rules.append(read) }
    }
    for link in burst["links"]?.elements ?? [] {
      guard let read = self.link(link, sites, &diagnostics) else { continue }
      if result.links.contains(where: { $0.from == read.from && $0.to == read.to }) {
        diagnostics.add(
          link.origin,
          link.keyPath,
          "a second link between the same sites in the same direction"
        )
        continue
      }
      result.links.append(read)
    }
    for node in classes {
      if let terms = self.terms(node, sites, &diagnostics) { result.classes[node["name"]!.text] = terms }
    }
    guard diagnostics.found.count == before else { return nil }
    for node in classes {
      checkWays(of: node, result, &diagnostics)
      checkFollowed(node, result, &diagnostics)
    }
    addMoney(burst, to: &result, &diagnostics)
    return diagnostics.found.count == before ? result : nil
  }

  private func site(_ node: Decoded, _ sites: [String], _ diagnostics: inout DiagnosticList) -> Int? {
    if let known = sites.firstIndex(of: node.text) { return known }
    let near = Hint.didYouMean(node.text, among: sites)
    diagnostics.add(
      node.origin,
      node.keyPath,
      "unknown site; found '\(node.text)'; accepted: \(sites.joined(separator: ", "))",
      hint: near.isEmpty ? "a site is named by the pools of fleet.nodes, or is policy.burst.home" : near
    )
    return nil
  }

  private func rule(
    _ node: Decoded,
    _ sites: [String],
    classes: [String],
    _ diagnostics: inout DiagnosticList
  ) -> Bursting.Rule? {
    func span(_ key: String) -> SimDuration? { node[key].map { SimDuration(nanoseconds: $0.nanoseconds) } }
    func names(_ key: String, _ known: [String], _ noun: String) -> Set<String>? {
      guard let list = node[key] else { return nil }
      for name in list.elements where !known.isEmpty && !known.contains(name.text) {
        diagnostics.add(
          name.origin,
          name.keyPath,
          "unknown \(noun); found '\(name.text)'; accepted: \(known.joined(separator: ", "))",
          hint: Hint.didYouMean(name.text, among: known)
        )
      }
      return Set(list.elements.map(\.text))
    }
    var rule = Bursting.Rule(sites: Array(1..<sites.count))
    if let to = node["to"] {
      rule.sites = to.elements.compactMap { site($0, sites, &diagnostics) }
    }
    rule.after = span("after") ?? .zero
    rule.deadlineSlack = span("deadlineWithin")
    rule.leastPriority = node["priority"].map { Int32($0.integer) }
    rule.shortest = span("durationAtLeast")
    rule.longest = span("durationAtMost")
    rule.longestStaging = span("maxStaging")
    rule.largestEstimateError = node["maxEstimateError"].map(\.double)
    rule.classes = names("classes", classes, "class")
    rule.tenants = names("tenants", tenants, "tenant")
    if let shortest = rule.shortest, let longest = rule.longest, shortest > longest {
      diagnostics.add(
        node["durationAtMost"]!.origin,
        node["durationAtMost"]!.keyPath,
        "is below durationAtLeast: no job meets both"
      )
      return nil
    }
    return rule
  }

  private func link(
    _ node: Decoded,
    _ sites: [String],
    _ diagnostics: inout DiagnosticList
  ) -> Bursting.Link? {
    guard let from = node["from"].flatMap({ site($0, sites, &diagnostics) }),
      let to = node["to"].flatMap({ site($0, sites, &diagnostics) }), let bandwidth = node["bandwidth"],
      let egress = node["egress"]
    else { return nil }
    if from == to {
      diagnostics.add(node.origin, node.keyPath, "leads from a site to itself")
      return nil
    }
    var link = Bursting.Link(from: from, to: to, bytesPerSecond: bandwidth.integer, usdPerGiB: egress.double)
    link.isShared = node["shared"]?.boolean ?? false
    return link
  }

  private func terms(
    _ node: Decoded,
    _ sites: [String],
    _ diagnostics: inout DiagnosticList
  ) -> Bursting.ClassTerms? {
    var terms = Bursting.ClassTerms()
    if let home = node["site"] {
      guard let site = site(home, sites, &diagnostics) else { return nil }
      terms.home = site
    }
    if let mayLeave = node["mayLeave"] { terms.mayLeave = mayLeave.boolean }
    if let data = node["data"] {
      if node["service"] != nil {
        diagnostics.add(
          data.origin,
          data.keyPath,
          "the replicas of a service read no data before they work",
          hint: "state service.coldStart instead"
        )
        return nil
      }
      guard let size = data["size"] else { return nil }
      terms.dataBytes = size.integer
      terms.keepsData = data["keep"]?.boolean ?? false
      if let at = data["at"] {
        guard let site = site(at, sites, &diagnostics) else { return nil }
        terms.dataSite = site
      }
    }
    return terms
  }

  /// Data need a way home, and to every site that a rule could lead to.
  private func checkWays(of node: Decoded, _ burst: Bursting, _ diagnostics: inout DiagnosticList) {
    guard let data = node["data"], let name = node["name"]?.text else { return }
    let terms = burst.terms(of: name)
    let home = terms.home ?? burst.home
    let led = burst.rules.filter { terms.mayLeave && $0.classes?.contains(name) ?? true }.flatMap(\.sites)
    guard let lost = ([home] + led).first(where: { burst.staging(terms, to: $0) == nil }) else { return }
    let (from, to) = (burst.sites[burst.dataSite(terms)], burst.sites[lost])
    diagnostics.add(
      data.origin,
      data.keyPath,
      "no link leads from '\(from)' to '\(to)', where its jobs may run",
      hint: "add {from: \(from), to: \(to), bandwidth: 10Gbit/s} to policy.burst.links"
    )
  }

  /// How long data come that others slow, or bring, is not known beforehand.
  private func checkFollowed(_ node: Decoded, _ burst: Bursting, _ diagnostics: inout DiagnosticList) {
    guard let data = node["data"], let name = node["name"]?.text, burst.followsData(of: burst.terms(of: name))
    else { return }
    if let limit = node["timeLimit"] {
      diagnostics.add(
        limit.origin,
        limit.keyPath,
        "does not go with data over a shared link, or that are kept",
        hint: "remove timeLimit, or shared and keep"
      )
    }
    if let size = data["size"], size.integer > StorageSpec.mostBytes {
      diagnostics.add(
        size.origin,
        size.keyPath,
        "is more than a petabyte (1000 TB), over a shared link or kept"
      )
    }
  }

  /// Agreements and the budget.
  private func addMoney(_ burst: Decoded, to result: inout Bursting, _ diagnostics: inout DiagnosticList) {
    let groups = autoNodes?.groups ?? []
    var committed = 0.0
    for node in burst["agreements"]?.elements ?? [] {
      guard let pool = node["pool"], let nodes = node["nodes"], let price = node["price"] else { continue }
      guard let group = groups.first(where: { $0.name == pool.text }) else {
        diagnostics.add(
          pool.origin,
          pool.keyPath,
          "an agreement is about nodes that come and go; found '\(pool.text)'",
          hint: groups.isEmpty
            ? "say auto: {price: ...} in the pool" : Hint.didYouMean(pool.text, among: groups.map(\.name))
        )
        continue
      }
      guard nodes.integer <= group.nodes.count else {
        diagnostics.add(
          nodes.origin,
          nodes.keyPath,
          "more nodes than there can be; found \(nodes.integer) of \(group.nodes.count)"
        )
        continue
      }
      if result.agreements.contains(where: { $0.group == pool.text }) {
        diagnostics.add(pool.origin, pool.keyPath, "a second agreement about '\(pool.text)'")
      }
      let agreement = Bursting.Agreement(
        group: pool.text,
        nodes: Int(nodes.integer),
        pricePerHour: price.double
      )
      committed += Double(agreement.nodes) * agreement.pricePerHour
      result.agreements.append(agreement)
    }
    guard let budget = burst["budget"], let usd = budget["usd"], let every = budget["every"] else { return }
    var stated = Bursting.Budget(usd: usd.double, every: SimDuration(nanoseconds: every.nanoseconds))
    stated.counts =
      burst["budget"]?["counts"].flatMap { Bursting.Budget.Counts(rawValue: $0.text) } ?? .permitted
    result.budget = stated
    let free = groups.first { group in
      let site = built.fleet.nodes[group.nodes.lowerBound].label(Bursting.siteLabel)
      return site != nil && site != result.sites[result.home] && group.pricePerHour == 0
    }
    if let free {
      diagnostics.add(
        budget.origin,
        budget.keyPath,
        "a budget needs the price of nodes; '\(free.name)' has none",
        hint: "say auto: {price: ...} in the pool"
      )
    }
    let share = committed * every.seconds / 3600
    if share > usd.double {
      diagnostics.add(
        usd.origin,
        usd.keyPath,
        "the agreements alone cost \(Int64(share.rounded(.up))) USD in a period; found \(Int64(usd.double))",
        hint: "raise the budget, or commit to fewer nodes"
      )
    }
  }
}
