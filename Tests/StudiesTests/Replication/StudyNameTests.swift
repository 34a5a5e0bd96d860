import Testing

@testable import Studies

/// Which configurations there are, and what is said about others.
@Suite struct StudyNameTests {
  /// All names of the clusters, policies and placements that go together.
  static let tiresias: [String] = TiresiasStudy.clusters.flatMap { cluster in
    TiresiasStudy.policies.map { "\(cluster.name)__\($0.name)-count" }
      + ["fifo", "fjf"].map { "\(cluster.name)__\($0)-yarn" }
  }
  static let helios = HeliosStudy.policies.flatMap { policy in
    HeliosStudy.placements.map { "\(policy.name)__\($0.name)" }
  }
  static let pai = PAIStudy.policies.flatMap { policy in
    ["h1_\(policy.name)"]
      + PAIStudy.orders.flatMap { ["n15_\(policy.name)_\($0.name)", "het_\(policy.name)_m2_\($0.name)"] }
  }
  static let philly = ["fifo_512", "fjf_640", "fifo_128", "fjf_2048", "fjf_2056"]
  static let gavel = GavelStudy.traces.flatMap { trace in
    GavelStudy.policies.map { "\(trace.name)_hom_\($0.name)" }
      + GavelStudy.policies.map(\.name).filter { $0.hasSuffix("perf") }.map { "\(trace.name)_het_\($0)" }
  }

  @Test func `every combination of a study is known`() throws {
    #expect(Self.tiresias.count == 45 && Self.helios.count == 8 && Self.pai.count == 45)
    for name in Self.tiresias { try TiresiasStudy.check(name) }
    for name in Self.helios { try HeliosStudy.check(name) }
    for name in Self.pai { try PAIStudy.check(name) }
    for name in Self.philly { try PhillyStudy.check(name) }
    #expect(Self.gavel.count == 22)
    for name in Self.gavel { for round in ["", "_r120", "_r360"] { try GavelStudy.check(name + round) } }
    try GavelStudy.check("mmf_fifo_perf")
    try GavelStudy.check(GavelStudy.example)
    try TiresiasStudy.check(TiresiasStudy.example)
    try HeliosStudy.check(HeliosStudy.example)
    try PAIStudy.check(PAIStudy.example)
    try PhillyStudy.check(PhillyStudy.example)
  }

  private func expect(_ name: String, _ check: (String) throws -> Void, says parts: String...) {
    #expect {
      try check(name)
    } throws: { error in
      for part in parts { #expect("\(error)".contains(part), "\(name): \(error)") }
      return error is StudyError
    }
  }

  @Test func `a wrong Tiresias name says which part is wrong`() {
    let check = TiresiasStudy.check
    expect("fifo", check, says: "CLUSTER__POLICY-PLACEMENT", "60jobs_16gpu__fjf-yarn")
    expect("60jobs_16gpu__fifo", check, says: "CLUSTER__POLICY-PLACEMENT")
    expect("60jobs_16gpu__fifo-count__x", check, says: "CLUSTER__POLICY-PLACEMENT")
    expect("60jobs_61gpu__fifo-count", check, says: "cluster '60jobs_61gpu'", "did you mean 60jobs_16gpu?")
    expect("60jobs_8gpu__fio-count", check, says: "policy 'fio'", "known: fifo, fjf", "did you mean fifo?")
    expect("60jobs_8gpu__fifo-yarm", check, says: "placement 'yarm'", "did you mean yarn?")
    expect("60jobs_8gpu__sjf-yarn", check, says: "yarn goes with the policies fifo and fjf only")
    expect("60jobs_8gpu__dlas-gpu-gittins-count", check, says: "'dlas-gpu-gittins' is not available")
    expect("60jobs_8gpu__dlas-gpu-1-count", check, says: "'dlas-gpu-1' is not available")
    expect("", check, says: "CLUSTER__POLICY-PLACEMENT")
  }

  @Test func `a wrong Helios name says which part is wrong`() {
    let check = HeliosStudy.check
    expect("fifo", check, says: "POLICY__PLACEMENT", "srtf__consolidate")
    expect("fifo__consolidat", check, says: "placement 'consolidat'", "did you mean consolidate?")
    expect("ssf__random", check, says: "policy 'ssf'", "known: fifo, sjf, qssf, srtf")
  }

  @Test func `a wrong PAI name says which part is wrong`() {
    let check = PAIStudy.check
    expect("h2_fifo", check, says: "cluster 'h2'", "known: h1, n15, het")
    expect("h1_fifo_pack", check, says: "accepted is h1_POLICY, such as h1_fifo")
    expect("n15_fifo", check, says: "accepted is n15_POLICY_ORDER, such as n15_fifo_pack")
    expect("het_fifo_pack", check, says: "accepted is het_POLICY_m2_ORDER, such as het_fifo_m2_pack")
    expect("het_fifo_m1_pack", check, says: "matching of GPU types 'm1'", "known: m2")
    expect("n15_sjgh_pack", check, says: "policy 'sjgh'", "did you mean sjg?")
    expect("n15_sjgg_pak", check, says: "order of nodes 'pak'", "did you mean pack?")
    expect("", check, says: "cluster ''")
  }

  @Test func `a wrong Philly name says which part is wrong`() {
    let check = PhillyStudy.check
    expect("fifo512", check, says: "POLICY_GPUS", "fifo_512")
    expect("sjf_512", check, says: "policy 'sjf'", "known: fifo, fjf")
    for size in ["516", "120", "0512", "1e3", "", "-512", "1000008"] {
      expect("fifo_\(size)", check, says: "GPUs are '\(size)'", "a multiple of 8, 128 to 1000000")
    }
  }

  @Test func `a wrong Gavel name says which part is wrong`() {
    let check = GavelStudy.check
    expect("fifo", check, says: "TRACE_CLUSTER_POLICY[_rSECONDS]", "mmf_hom_fifo")
    expect("mk_fifo_perf", check, says: "cluster 'fifo'", "known: hom, het")
    expect("mnf_hom_fifo", check, says: "trace 'mnf'", "did you mean mmf?")
    expect("mmf_hom_lass", check, says: "policy 'lass'", "did you mean las?")
    expect("mmf_hom_fifo_120", check, says: "policy 'fifo_120'")
    for policy in ["fifo", "isolated", "las"] {
      expect("mk_het_\(policy)", check, says: "'\(policy)' takes hom only", "at random")
    }
    for length in ["r0", "r9", "r0120", "r1000001", "r99999999999999999999"] {
      expect("mmf_hom_fifo_\(length)", check, says: "rounds of '\(length)'", "10 to 1000000")
    }
    expect("", check, says: "TRACE_CLUSTER_POLICY")
  }

  @Test func `Gavel jobs are held to 10 ms where a policy is exact, and else to 2 percent in the mean`() {
    #expect(GavelStudy.tolerance(of: "mk_hom_isolated_r60") == .eachJob(nanoseconds: 10_000_000))
    #expect(GavelStudy.tolerance(of: "mmf_fifo_perf") == .eachJob(nanoseconds: 10_000_000))
    #expect(GavelStudy.tolerance(of: "mk_het_makespan_perf") == .means(share: 0.02))
  }
}
