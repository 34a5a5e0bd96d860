/// `from`: files of other systems that become keys of the scenario; see
/// ``ImportExpander``.
enum ImportSection {
  static let inFleet = Field(
    ImportExpander.key,
    .section(fleet),
    .optional(""),
    "Nodes of a running cluster. They come before `nodes`, which may add others.",
    example: "{kubernetes: nodes.json}"
  )

  static let inAutoNodes = Field(
    ImportExpander.key,
    .section(autoNodes),
    .optional(""),
    "The configuration of a real provisioner. What is stated beside it is laid over it.",
    example: "{karpenter: nodepools.yaml}"
  )

  private static let fleet = Section(
    title: "FleetImport",
    doc: "Nodes from a file of another system, as pools of equal nodes. What is not modelled is listed.",
    fields: [
      Field(
        "kubernetes",
        .value(.path),
        .required,
        "What `kubectl get nodes -o json` prints: allocatable CPU, memory and GPUs, labels, taints. Nodes that are "
          + "unschedulable or not ready are left out.",
        example: "nodes.json"
      ),
      Field(
        "gpu",
        .value(.gpuModel),
        .optional("the label `nvidia.com/gpu.product` says it"),
        "The GPU model of nodes without that label.",
        example: "h100-80gb-sxm"
      ),
    ]
  )

  private static let autoNodes = Section(
    title: "AutoNodesImport",
    doc: "Files of another provisioner; one of the two. What is not modelled is listed.",
    fields: [
      Field(
        "karpenter",
        .value(.path),
        .optional(""),
        "NodePools (and EC2NodeClasses). The pools of `fleet.nodes` with `auto` are the instance types: each goes to the "
          + "NodePool whose requirements its labels meet.",
        example: "nodepools.yaml"
      ),
      Field(
        "clusterAutoscaler",
        .value(.path),
        .optional(""),
        "A Deployment of the cluster-autoscaler, or a list of its flags.",
        example: "cluster-autoscaler.yaml"
      ),
    ],
    rules: [.exactlyOne(["karpenter", "clusterAutoscaler"])]
  )
}
