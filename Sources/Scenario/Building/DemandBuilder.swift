import Engine
import Hardware
import Workload

/// Makes requests, and says which of them no node could ever hold.
struct DemandBuilder {
  var gpus: GPUNames
  var places: FilePlaces
  /// nil: the fleet itself is faulty, so nothing is compared with it.
  var fleet: Fleet?
  var sharing: SharingMode
  var strategy = MIGStrategyChoice()
  /// Whether a request that no node holds is an error.
  var refusesImpossible: Bool
  /// What the class that is being made asks of nodes.
  var constraints = JobConstraints()

  /// The request of a section with ``DemandFields/request``.
  func request(_ node: Decoded, weight: Double, into diagnostics: inout DiagnosticList) -> DemandOption? {
    guard node.isSound, let count = node["gpus"], let cpu = node["cpu"]?.milliCPU,
      let memory = node["memory"]?.mebibytes, let models = node["models"],
      let device = device(node, into: &diagnostics)
    else { return nil }
    var gpus = count.milliGPU
    if let problem = strategy.problem(milliGPU: gpus, device) {
      diagnostics.add(node.blame, node.keyPath, problem.message, hint: problem.hint)
      return nil
    }
    if device.asksForPart && gpus > 1000 {
      diagnostics.add(
        count.origin,
        count.keyPath,
        "asks for a part of one GPU and for several GPUs; found \(device.text) and \(count.milliGPU / 1000)",
        hint: "parts of several GPUs do not work together: remove one of the two"
      )
      return nil
    }
    if device.asksForPart && gpus > 0 && gpus < 1000 {
      diagnostics.add(
        count.origin,
        count.keyPath,
        "says twice how much of a GPU it asks for; found a part of a GPU and \(device.text)",
        hint: "remove gpus, or \(DeviceFields.parts.joined(separator: ", "))"
      )
      return nil
    }
    var names: [String] = []
    for model in models.elements {
      guard let name = self.gpus.resolve(model, alsoKnown: fleet?.gpuModels ?? [], into: &diagnostics)
      else { return nil }
      if !names.contains(name) { names.append(name) }
    }
    if device.asksForPart {
      guard let share = shareOfGPU(device, models: names, at: node, into: &diagnostics) else { return nil }
      gpus = share
    }
    if !names.isEmpty, gpus == 0 {
      diagnostics.add(
        models.origin,
        models.keyPath,
        "names GPU models, but the job asks for no GPU",
        hint: "set gpus, or remove models"
      )
      return nil
    }
    var option = DemandOption(
      weight: weight,
      gpuCount: gpus <= 1000 ? (gpus > 0 ? 1 : 0) : Int(gpus / 1000),
      milliGPUPerDevice: min(gpus, 1000),
      cpuMilli: cpu,
      memoryMiB: memory,
      models: names
    )
    option.constraints = constraints
    if gpus > 0 { option.device = device }
    return check(option, at: node, into: &diagnostics) ? option : nil
  }

  /// The request of a section with ``DemandFields/request`` and
  /// ``DemandFields/gang``.
  func gang(_ node: Decoded, weight: Double, into diagnostics: inout DiagnosticList) -> DemandOption? {
    guard var option = request(node, weight: weight, into: &diagnostics),
      let limits = limits(node, of: option, into: &diagnostics), let workers = node["workers"],
      let placement = node["placement"], let wish = wish(placement, into: &diagnostics)
    else { return nil }
    option.limits = limits
    option.workers = Int32(workers.integer)
    option.wish = wish.first
    option.relaxation = wish.relaxation
    if let preferred = node["preferredModels"] {
      guard let names = preferredModels(preferred, of: option, into: &diagnostics) else { return nil }
      option.constraints.preferredModels = names
    }
    if option.workers == 1, wish.first != .anywhere {
      diagnostics.add(
        placement.origin,
        placement.keyPath,
        "says where the workers of a gang lie, but the job has one worker; found '\(wish.first.name)'",
        hint: "set workers, or remove placement"
      )
      return nil
    }
    if sharing == .mig, option.workers > 1, strategy.givesInstance(option) {
      diagnostics.add(
        workers.origin,
        workers.keyPath,
        "the workers of a gang ask for MIG instances, between which there is no link; found \(option.workers)",
        hint: "ask for whole GPUs, or for one worker"
      )
      return nil
    }
    return checkGang(option, at: node, into: &diagnostics) ? option : nil
  }

  /// nil: something is wrong.
  private func preferredModels(
    _ list: Decoded,
    of option: DemandOption,
    into diagnostics: inout DiagnosticList
  ) -> [String]? {
    var names: [String] = []
    for model in list.elements {
      guard let name = gpus.resolve(model, alsoKnown: fleet?.gpuModels ?? [], into: &diagnostics) else {
        return nil
      }
      guard option.models.isEmpty || option.models.contains(name) else {
        diagnostics.add(
          model.origin,
          model.keyPath,
          "prefers a GPU model that models does not accept; found '\(name)'; accepted: "
            + option.models.joined(separator: ", "),
          hint: "add it to models, or leave models out to accept any"
        )
        return nil
      }
      if !names.contains(name) { names.append(name) }
    }
    guard option.gpuCount > 0 else {
      diagnostics.add(
        list.origin,
        list.keyPath,
        "names GPU models, but the job asks for no GPU",
        hint: "set gpus, or remove preferredModels"
      )
      return nil
    }
    return names
  }

  /// The distinct requests of a list of pods, weighted by how often they occur.
  func mix(from node: Decoded, into diagnostics: inout DiagnosticList) -> [DemandOption]? {
    guard node.isSound, let file = node["file"],
      let path = TraceFiles(places: places).path(of: file, into: &diagnostics),
      let list = TraceFiles.reading(file, into: &diagnostics, { try OpenBPodReader.read(path: path) })
    else { return nil }
    var options = list.demandMix()
    guard !options.isEmpty else {
      diagnostics.add(file.origin, file.keyPath, "the file lists no pods; found '\(file.text)'")
      return nil
    }
    for position in options.indices { options[position].constraints = constraints }
    for option in options where !check(option, at: node, into: &diagnostics) { return nil }
    return options
  }

  private func check(
    _ option: DemandOption,
    at node: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard refusesImpossible, let fleet, !fits(option, on: fleet) else { return true }
    if !fleet.nodes.contains(where: option.constraints.admits) {
      let stated = option.constraints.text
      diagnostics.add(
        node.blame,
        node.keyPath,
        "no node takes this job; "
          + (stated.isEmpty
            ? "all have taints, and it tolerates none of them"
            : "found \(stated); no node's labels and taints agree"),
        hint: "change nodeSelector, nodeAffinity or tolerations, or set policy.impossibleJobs: reject"
      )
      return false
    }
    let asked = Self.text(
      gpus: option.gpuCount > 0 ? Int(option.gpuCount) * Int(option.milliGPUPerDevice) : 0,
      of: option.models,
      cpuMilli: option.cpuMilli,
      memoryMiB: option.memoryMiB
    )
    var kinds: [String] = []
    for spec in fleet.nodes {
      let model = spec.gpuModel.map { [fleet.gpuModels[Int($0.rawValue)]] } ?? []
      let text = Self.text(
        gpus: spec.gpuCount * 1000,
        of: model,
        cpuMilli: spec.cpuMilli,
        memoryMiB: spec.memoryMiB
      )
      if !kinds.contains(text) { kinds.append(text) }
      if kinds.count > 4 { break }
    }
    let listed = kinds.prefix(4).joined(separator: "; or ") + (kinds.count > 4 ? "; or others" : "")
    diagnostics.add(
      node.blame,
      node.keyPath,
      "no node could ever hold this job; found \(asked); the nodes have \(listed)",
      hint: "ask for less, or set policy.impossibleJobs: reject"
    )
    return false
  }

  private func fits(_ option: DemandOption, on fleet: Fleet) -> Bool {
    fleet.nodes.contains { node in
      guard node.cpuMilli >= option.cpuMilli, node.memoryMiB >= option.memoryMiB,
        option.constraints.admits(node)
      else { return false }
      guard option.gpuCount > 0 else { return true }
      guard node.gpuCount >= option.gpuCount, let model = node.gpuModel else { return false }
      return option.models.isEmpty || option.models.contains(fleet.gpuModels[Int(model.rawValue)])
    }
  }

  static func text(gpus: Int, of models: [String], cpuMilli: Int32, memoryMiB: Int32) -> String {
    var count = ValueKind.plain(Double(gpus) / 1000)
    if !models.isEmpty { count += " " + models.joined(separator: "|") }
    let memory =
      memoryMiB % 1024 == 0 ? "\(memoryMiB / 1024)GiB" : "\(memoryMiB)MiB"
    return "\(count) GPU, \(ValueKind.plain(Double(cpuMilli) / 1000)) cores, \(memory)"
  }
}
