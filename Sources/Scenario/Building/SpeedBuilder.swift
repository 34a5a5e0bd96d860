import Hardware
import Workload

/// Makes speeds by place and throughput tables of job classes.
struct SpeedBuilder {
  var demands: DemandBuilder

  /// How fast the jobs of a class run by where they lie; nil: something is
  /// wrong.
  func speed(of node: Decoded, into diagnostics: inout DiagnosticList) -> (value: PlacementSpeed?, Void)? {
    guard let speed = node["speed"], speed.isSound else { return nil }
    if case .text("full")? = speed.scalar { return (nil, ()) }
    for (key, why) in [
      ("service", "replicas of a service have no speed"),
      ("steps", "the throughput table says how fast jobs that count steps are"),
    ] where node[key] != nil {
      diagnostics.add(speed.origin, speed.keyPath, why, hint: "remove speed, or \(key)")
      return nil
    }
    if case .text? = speed.scalar { return (.byFabric, ()) }
    var last = Fabric.allCases.map { _ in 1.0 }
    var factors = [last]
    for key in ["nvlinkDomain", "rack", "fleet"] {
      if let part = speed[key] {
        last =
          part.scalar == nil
          ? Fabric.allCases.map { part[$0.name]?.double ?? 1 } : Fabric.allCases.map { _ in part.double }
      }
      factors.append(last)
    }
    let all = factors
    return (PlacementSpeed { span, fabric in all[Int(span.rawValue)][Int(fabric.rawValue)] }, ())
  }

  /// Gives each request of the class its throughput, and narrows its GPU models
  /// to those that the table knows; false: something is wrong.
  func addThroughput(
    of node: Decoded,
    named name: String,
    to demand: inout [DemandOption],
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let place = node["throughput"] ?? node["throughputFile"] else {
      guard let steps = node["steps"] else { return true }
      diagnostics.add(
        steps.origin,
        steps.keyPath,
        "how long a step takes is not stated",
        hint: "add throughput: [{gpu: h100-80gb-sxm, gpus: 8, stepsPerSecond: 3.2}]"
      )
      return false
    }
    guard node["steps"] != nil else {
      diagnostics.add(
        place.origin,
        place.keyPath,
        "says how fast steps are, but the jobs count none",
        hint: "state steps in place of the duration"
      )
      return false
    }
    guard let table = table(place, named: name, into: &diagnostics) else { return false }
    for index in demand.indices {
      guard let narrowed = narrow(demand[index], to: table, at: place, into: &diagnostics) else {
        return false
      }
      demand[index] = narrowed
    }
    return true
  }

  private func table(
    _ place: Decoded,
    named name: String,
    into diagnostics: inout DiagnosticList
  ) -> ThroughputTable? {
    guard place.isSound else { return nil }
    let known = demands.fleet?.gpuModels ?? []
    if case .list = place.form {
      var table = ThroughputTable(name: name, rows: [])
      for row in place.elements {
        guard let gpu = row["gpu"], let gpus = row["gpus"], let word = row["span"],
          let speed = row["stepsPerSecond"],
          let span = PlacementSpan.allCases.first(where: { $0.name == word.text }),
          let model = demands.gpus.resolve(gpu, alsoKnown: known, into: &diagnostics)
        else { return nil }
        table.rows.append(.init(gpu: model, gpus: gpus.integer, span: span, stepsPerSecond: speed.double))
      }
      guard let problem = table.problem else { return table }
      diagnostics.add(place.origin, place.keyPath, problem)
      return nil
    }
    guard let path = TraceFiles(places: demands.places).path(of: place, into: &diagnostics) else {
      return nil
    }
    return TraceFiles.reading(place, into: &diagnostics) {
      var table = try ThroughputReader.read(path: path, name: place.text)
      if let fleet = demands.fleet { demands.gpus.spell(&table, as: fleet) }
      return table
    }
  }

  private func narrow(
    _ option: DemandOption,
    to table: ThroughputTable,
    at place: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> DemandOption? {
    func fail(_ problem: String, _ hint: String) -> DemandOption? {
      diagnostics.add(place.origin, place.keyPath, problem, hint: hint)
      return nil
    }
    guard option.gpuCount > 0, option.milliGPUPerDevice == 1000 else {
      return fail("is a table of whole GPUs, but some job of the class asks for none", "set gpus")
    }
    guard let fleet = demands.fleet else { return nil }
    let accepted = option.models.isEmpty ? fleet.gpuModels : option.models.filter(fleet.gpuModels.contains)
    let listed = table.rows.map(\.gpu).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let models = accepted.filter(listed.contains)
    guard !models.isEmpty else {
      return fail(
        "knows no GPU that the jobs may have; found \(listed.joined(separator: ", ")); the jobs accept "
          + (accepted.isEmpty ? "no GPU of the fleet" : accepted.joined(separator: ", ")),
        "add rows for the fleet's GPUs"
      )
    }
    let fitting = models.filter { table.best(gpus: option.gpus, on: [$0]) != nil }
    guard !fitting.isEmpty else {
      let sizes = Set(table.rows.filter { models.contains($0.gpu) }.map(\.gpus)).sorted()
      return fail(
        "has no speed of a job of \(option.gpus) GPUs on \(models.joined(separator: ", ")); found "
          + sizes.map(String.init).joined(separator: ", ") + " GPUs",
        "add rows for \(option.gpus) GPUs"
      )
    }
    var narrowed = option
    narrowed.models = fitting
    narrowed.throughput = table
    return narrowed
  }
}
