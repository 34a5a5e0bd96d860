/// Two days on four nodes: a fraction of a second for several replications.
enum SmallScenario {
  static func text(name: String, policy: String = "best-fit", load: Int = 80) -> String {
    """
    version: 1
    name: \(name)
    seed: 7
    horizon: 2d
    fleet:
      nodes:
        - {name: h100, count: 4, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 192, memory: 2TiB}
    workload:
      loadOf: 32
      classes:
        - name: train
          tenants: research
          load: \(load)%
          arrivals: poisson
          demand:
            - {weight: 3, gpus: 1, cpu: 16, memory: 160GiB}
            - {weight: 1, gpus: 0.5, cpu: 8, memory: 80GiB}
            - {weight: 1, gpus: 4, cpu: 64, memory: 640GiB}
          duration: {exponential: {mean: 2h}}
          busy: 80%
    policy:
      placement: \(policy)

    """
  }
}
