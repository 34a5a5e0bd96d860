import ArgumentParser

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Find the best layout or fleet for a demand.",
    discussion: """
      Examples:
        headroom plan mig --gpu h100 1g.10gb=20 2g.20gb=3 3g.40gb=2
        headroom plan mig scenarios/eight-gb-services.yaml
        headroom plan fleet scenarios/quickstart.yaml --target "wait.p95<=15m"
        headroom plan base scenarios/burst.yaml --nodes base=4..16
      """,
    subcommands: [PlanMIGCommand.self, PlanFleetCommand.self, PlanBaseCommand.self]
  )
}
