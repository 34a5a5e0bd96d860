extension AutoNodes {
  /// Lets a cluster-autoscaler launch nodes and take them away.
  public mutating func use(_ autoscaler: ClusterAutoscaler) {
    clusterAutoscaler = autoscaler
    // What may go is judged by its own rules, whenever anything has changed.
    consolidateAfter = autoscaler.scalesDown ? .zero : nil
    consolidatesUnderused = autoscaler.scalesDown
    for group in groups.indices {
      groups[group].launchTimeout = nil
      groups[group].registrationTimeout = autoscaler.provisionTime
    }
  }
}
