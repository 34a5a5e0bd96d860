import Outcome

extension JobAccounts {
  /// `offered`, `waiting`, `served`, `busy` and `queue`, by tenant and model.
  var series: [Series] {
    position.indices.filter { position[$0] >= 0 }.map { cell in
      let key = Key(
        kind: Key.Kind(rawValue: cell / modelCount / tenants.count)!,
        tenant: cell / modelCount % tenants.count,
        model: cell % modelCount
      )
      let values = integrals[Int(position[cell])].values
      let tenant = input.jobs.tenants[key.tenant]
      switch key.kind {
      case .offered, .waiting:
        let name = key.kind == .offered ? "offered" : "waiting"
        return Series(
          name: name,
          tenant: tenant,
          gpuModel: input.jobs.modelSets[key.model],
          unit: "milliGPU_ns",
          values: values
        )
      case .served:
        return Series(
          name: "served",
          tenant: tenant,
          gpuModel: input.fleet.gpuModels[key.model],
          unit: "milliGPU_ns",
          values: values
        )
      case .busy:
        return Series(
          name: "busy",
          tenant: tenant,
          gpuModel: input.fleet.gpuModels[key.model],
          unit: "milliGPU_ns",
          values: values.map { $0 / 1000 }
        )
      case .queue:
        return Series(name: "queue", tenant: tenant, gpuModel: "", unit: "job_ns", values: values)
      }
    }
  }
}
