import Foundation
import TestSupport
import Testing

@testable import Scenario

struct IncludeTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func write(_ name: String, _ text: String) throws {
    let path = folder.path(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent,
      withIntermediateDirectories: true
    )
    _ = try folder.write(text, as: name)
  }

  private func load(_ name: String, _ overrides: String...) throws -> LoadedScenario {
    try ScenarioLoader.load(path: folder.path(name), overrides: overrides, environment: [:])
  }

  /// The error's text with the folder's name cut out.
  private func failure(_ name: String) -> String {
    do {
      _ = try load(name)
      return "loads"
    } catch {
      return "\(error)".replacing(folder.path(""), with: "").replacing("/bad.yaml", with: "bad.yaml")
    }
  }

  @Test func mapsMergeListsReplace() throws {
    try write("parts/base.yaml", Sample.text)
    try write(
      "parts/more.yaml",
      "horizon: 2d\npolicy: {placement: fgd, queue: {headOfLineBlocking: false}}\n"
    )
    try write(
      "main.yaml",
      """
      include: [parts/base.yaml, parts/more.yaml]
      name: main
      policy: {placement: best-fit}
      fleet: {nodes: [{name: c, gpu: l40s, gpusPerNode: 8, cpu: 96, memory: 1TiB}]}

      """
    )
    let scenario = try load("main.yaml")
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    #expect(scenario.name == "main")
    #expect(input.horizon?.nanoseconds == 172_800_000_000_000)
    #expect(input.fleet.gpuModels == ["l40s"])
    #expect(input.placement.label == "best-fit")
    #expect(input.queue == .fifo(headOfLineBlocking: false))
    let alone = try ScenarioLoader.load(text: scenario.resolvedYAML, label: "x.yaml", environment: [:])
    #expect(alone.resolvedYAML == scenario.resolvedYAML)
  }

  @Test func errorsPointIntoTheIncludedFile() throws {
    try write("parts/base.yaml", Sample.changing("horizon: 1d", to: "horizon: 1"))
    try write("main.yaml", "include: parts/base.yaml\nseed: -1\n")
    let lines = failure("main.yaml").split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].contains("main.yaml:2:7: seed: is negative"))
    #expect(lines[1].contains("parts/base.yaml:3:10: horizon: has no unit"))
  }

  @Test func pathsAreRelativeToTheirFile() throws {
    try write("data/nodes.csv", "sn,cpu_milli,memory_mib,gpu,model\nn1,64000,262144,8,T4\n")
    try write(
      "data/pods.csv",
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np1,1000,1024,1,500\np2,1000,1024,1,500\n"
    )
    try write(
      "data/fleet.yaml",
      """
      fleet: {trace: {nodes: nodes.csv}}
      workload:
        classes:
          - {name: a, demandFrom: {file: pods.csv}, arrivals: {poisson: {rate: 5/h}}, duration: 1h}
          - {name: b, demand: {gpus: 1, models: T4, cpu: 1, memory: 1GiB}, arrivals: {poisson: {rate: 5/h}}, duration: 1h}

      """
    )
    try write("main.yaml", "include: data/fleet.yaml\nversion: 1\nname: main\nhorizon: 1d\n")
    let scenario = try load("main.yaml")
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    #expect(input.fleet.nodes.map(\.name) == ["n1"])
    // The resolved text finds the files from anywhere.
    let again = try ScenarioLoader.load(text: scenario.resolvedYAML, label: "/x.yaml", environment: [:])
    #expect(again.fleet == scenario.fleet)
  }

  /// A trace may call a board by another of its names.
  @Test func tracesSpellModelsTheirWay() throws {
    try write(
      "jobs.csv",
      """
      name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time
      a,1000,1024,1,1000,V100M32|T4,LS,Running,0,10,0
      b,1000,1024,1,1000,V100M16,LS,Running,5,10,5

      """
    )
    try write(
      "main.yaml",
      """
      version: 1
      name: main
      fleet: {nodes: [{name: v, gpu: v100-32gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB}]}
      workload: {trace: {format: openb, file: jobs.csv}}

      """
    )
    let scenario = try load("main.yaml")
    let jobs = try scenario.input(placement: scenario.placements[0], replication: 0).jobs
    #expect(jobs.modelSets == ["", "v100-32gb-sxm|T4", "V100M16"])
  }

  @Test func faultsOfTracesPointIntoTheTrace() throws {
    try write("nodes.csv", "sn,cpu_milli,memory_mib,gpu,model\nn1,many,262144,8,T4\n")
    try write(
      "main.yaml",
      Sample.text.replacing("  nodes:\n", with: "  trace: {nodes: nodes.csv}\n  unused:\n")
    )
    #expect(failure("main.yaml").contains("nodes.csv:2:4: fleet.trace.nodes: `cpu_milli` is `many`"))
  }

  @Test func circlesAreShown() throws {
    try write("a.yaml", "include: b.yaml\n")
    try write("b.yaml", "include: [c.yaml]\n")
    try write("c.yaml", "include: [a.yaml]\nname: c\n")
    let text = failure("a.yaml")
    #expect(text.contains("c.yaml:1:11: include: files include one another in a circle; found "))
    let chain = text.split(separator: "found ").last?.split(separator: "\n").first ?? ""
    let files = chain.split(separator: " -> ").map { (String($0) as NSString).lastPathComponent }
    #expect(files == ["a.yaml", "b.yaml", "c.yaml", "a.yaml"])
  }

  @Test func missingFilesAndFolders() throws {
    try write("parts/x.yaml", "version: 1\n")
    try write("main.yaml", "include: [gone.yaml, parts, '${HEADROOM_DATA}/x.yaml', {a: b}]\nversion: 1\n")
    let text = failure("main.yaml")
    #expect(text.contains("main.yaml:1:11: include: no such file; found 'gone.yaml'"))
    #expect(text.contains("main.yaml:1:22: include: is a folder; found 'parts'; accepted: a file"))
    #expect(text.contains("set the environment variable HEADROOM_DATA"))
    #expect(text.contains("include: is not a file name; found a map"))
    #expect(failure("none.yaml").contains("none.yaml: no such file"))
    #expect(failure("parts").contains("is a folder"))
  }

  @Test func textThatIsNotUTF8() throws {
    try Data([0x76, 0xFF, 0xFE, 0x0A]).write(to: URL(fileURLWithPath: folder.path("bad.yaml")))
    #expect(failure("bad.yaml").contains("the file is not UTF-8 text"))
  }

  @Test func byteOrderMarkAndCarriageReturns() throws {
    try write("main.yaml", "\u{FEFF}" + Sample.text.replacing("\n", with: "\r\n"))
    let plain = try Sample.load()
    #expect(try load("main.yaml").resolvedYAML == plain.resolvedYAML)
  }
}
