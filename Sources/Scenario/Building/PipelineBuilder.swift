import SimulationKernel
import Workload

/// Makes the stages of pipelines: each a class whose jobs arrive with those of
/// the other stages.
struct PipelineBuilder {
  var classes: JobClassBuilder
  var horizon: SimDuration?

  /// The stages of all pipelines, in the order of the file; `first` is the
  /// position of the first one among all classes. Shorter than the list of
  /// stages where something is wrong.
  func build(_ list: Decoded, first: Int, into diagnostics: inout DiagnosticList) -> [JobClassSpec] {
    var names: Set<String> = []
    var result: [JobClassSpec] = []
    for node in list.elements {
      if let name = node["name"], case .text(let text)? = name.scalar, !names.insert(text).inserted {
        diagnostics.add(name.origin, name.keyPath, "duplicated pipeline; found '\(text)'")
      }
      guard node.isSound else { continue }
      result += build(pipeline: node, first: first + result.count, into: &diagnostics)
    }
    return result
  }

  private func build(
    pipeline node: Decoded,
    first: Int,
    into diagnostics: inout DiagnosticList
  ) -> [JobClassSpec] {
    let tenants = classes.tenants(of: node, into: &diagnostics)
    guard let name = node["name"]?.text, let arrivals = node["arrivals"], let stages = node["stages"],
      let priority = node["priority"], let preemptible = node["preemptible"],
      let process = ArrivalsBuilder.arrivals(arrivals, horizon: horizon, hasLoad: false, into: &diagnostics),
      let after = order(of: stages, into: &diagnostics)
    else { return [] }
    return zip(stages.elements, after).compactMap { stage, after in
      guard let stageName = stage["name"]?.text,
        var spec = classes.stage(stage, arrivals: process, into: &diagnostics)
      else { return nil }
      spec.name = "\(name).\(stageName)"
      spec.tenants = tenants
      spec.priority = Int32(priority.integer)
      spec.isPreemptible = preemptible.boolean
      spec.stage = StageSpec(pipeline: name, after: after.map { first + $0 })
      return spec
    }
  }

  /// The stages that each stage waits for; nil: something is wrong.
  private func order(of stages: Decoded, into diagnostics: inout DiagnosticList) -> [[Int]]? {
    let names = stages.elements.map { $0["name"]?.text ?? "" }
    var isSound = true
    func complain(_ node: Decoded, _ problem: String, hint: String = "") {
      diagnostics.add(node.origin, node.keyPath, problem, hint: hint)
      isSound = false
    }
    for (index, stage) in stages.elements.enumerated() where names.firstIndex(of: names[index]) != index {
      complain(stage["name"] ?? stage, "duplicated stage; found '\(names[index])'")
    }
    var after: [[Int]] = []
    for (index, stage) in stages.elements.enumerated() {
      var waitsFor: [Int] = []
      for other in stage["after"]?.elements ?? [] {
        guard let position = names.firstIndex(of: other.text) else {
          complain(
            other,
            "no stage of the pipeline is called '\(other.text)'; accepted: "
              + names.filter { $0 != names[index] }.joined(separator: ", "),
            hint: Hint.didYouMean(other.text, among: names)
          )
          continue
        }
        if position == index { complain(other, "the stage waits for itself; found '\(other.text)'") }
        if waitsFor.contains(position) { complain(other, "named twice; found '\(other.text)'") }
        waitsFor.append(position)
      }
      after.append(waitsFor)
    }
    guard isSound else { return nil }
    if let ring = JobLists(after.map { $0.map(Int32.init) }).cycle {
      let told = (ring + [ring[0]]).map { names[$0] }.joined(separator: " after ")
      let node = stages.elements[ring[0]]
      complain(node["after"] ?? node, "stages wait for one another: \(told)", hint: "none could ever start")
      return nil
    }
    return after
  }
}
