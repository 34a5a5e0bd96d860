import Engine
import Hardware
import Outcome
import SimulationKernel
import Workload

/// The fixed text of the validation page, and its queueing cells.
enum ValidationPage {
  static let header = """
    # Validation

    Made by the tests from the code as it is: `make generate`. Every row is a test.

    ## The FGD experiment

    Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent", USENIX
    ATC 2023: a cluster of 6,212 GPUs is filled with pods that never leave. Default workload, all requests arrived (100 %),
    means over seeds 42 to 51. Published: the artifact's own tables. Five policies are deterministic and must equal the
    tables in every printed digit for every seed; Random draws from another generator and can match in distribution only.

        headroom replicate fgd --data DIR --csv fgd.csv

    | policy | quantity | published | ours | difference | seeds |
    |---|---|---|---|---|---|

    """

  static let sources = """

    **Where to get the trace.** The node list and the pod lists are in the public repository
    `hkust-adsl/kubernetes-scheduler-simulator` (commit 8f3d641, folder `data/csv`, Apache-2.0). DIR holds
    `openb_node_list_gpu_node.csv`, `openb_pod_list_default.csv` and, for the other workloads, `openb_pod_list_*.csv` beside it or in
    `pods/`. The random streams come with this project (`scenarios/studies/go_rand_streams.csv`, made for it); a copy in
    `DIR/plan/` is preferred. Published values are compared where DIR has `expected/default_at_100.csv`.

    | file | SHA-256 |
    |---|---|
    | `openb_node_list_gpu_node.csv` | `2beca64b4d3dfa342036a34b56a495c6cef9225db836c81f541282cb1df320b5` |
    | `openb_pod_list_default.csv` | `1ee7ed79c27a3b0861cda8ddba86a004c6aba904caafa329a76ae93ca63834a8` |
    | `go_rand_streams.csv` | `d280ca3fa84810080a176c593d19d78b5b9d159eb4aa683e9d38052a22432c98` |

    What the study's tool does and ordinary runs do not, each in `Sources/Studies/FGD` only: pods never leave and their times are
    ignored; a pod that does not fit is dropped for good; arrival order, clones and the ranking that settles ties come from
    the tool's own generator; BestFit's score is a whole percent.

    """

  static let queueingHeader = """

    ## Queueing theory

    Jobs on GPUs through the whole engine; mean wait over 24 replications with its 99.9 % Student-t interval, which must hold
    the exact value. Service times have mean 1. The kernel's own tests cover more (M/M/c/c, processor sharing, M/G/infinity,
    the variance of the mean wait).

    | model | formula | exact | ours | interval |
    |---|---|---|---|---|

    """

  /// One queue with a known mean wait.
  struct Cell {
    var name: String
    var formula: String
    var exact: Double
    var gpus: Int
    /// GPUs of each job.
    var perJob: Int32
    var rate: Double
    var service: Variate
    var customers: Int

    /// The mean wait of all but the first tenth of the jobs, seconds.
    func meanWait(replication: UInt64) throws -> Double {
      var fleet = Fleet()
      let model = fleet.intern(gpuModel: "gpu")
      fleet.nodes = [NodeSpec(name: "n", cpuMilli: 0, memoryMiB: 0, gpuCount: gpus, gpuModel: model)]
      var jobs = JobTable()
      jobs.tenants = ["t"]
      jobs.classes = ["c"]
      jobs.shapes = [JobShape(cpuMilli: 0, memoryMiB: 0, gpuCount: perJob, milliGPUPerDevice: 1000)]
      var arrivals = RandomStream(seed: replication, stream: "arrivals")
      var services = RandomStream(seed: replication, stream: "services")
      var time = 0.0
      for _ in 0..<customers {
        time += arrivals.nextExponential(mean: 1 / rate)
        jobs.arrival.append(SimTime(seconds: time)!)
        jobs.duration.append(max(.tick, SimDuration(seconds: service.next(from: &services))!))
      }
      jobs.shape = Array(repeating: ShapeID(rawValue: 0), count: customers)
      jobs.tenant = Array(repeating: TenantID(rawValue: 0), count: customers)
      jobs.jobClass = Array(repeating: JobClassID(rawValue: 0), count: customers)
      jobs.priority = Array(repeating: 0, count: customers)
      jobs.busyMilli = Array(repeating: 1000, count: customers)
      jobs.kind = Array(repeating: .batch, count: customers)
      let outcome = try Simulation.run(
        SimulationInput(
          fleet: fleet,
          jobs: jobs,
          seed: replication,
          placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")])
        )
      )
      let counted = customers / 10..<customers
      let waits = counted.map { outcome.jobs.startNanoseconds[$0] - jobs.arrival[$0].nanoseconds }
      return Double(waits.reduce(0, +)) / Double(counted.count) / 1e9
    }
  }

  static let cells = [
    Cell(
      name: "M/M/4, load 0.8: one-GPU jobs on 4 GPUs",
      formula: "Erlang C",
      exact: 0.745541,
      gpus: 4,
      perJob: 1,
      rate: 3.2,
      service: .exponential(mean: 1),
      customers: 100_000
    ),
    Cell(
      name: "M/M/8, load 0.85: one-GPU jobs on 8 GPUs",
      formula: "Erlang C",
      exact: 0.477141,
      gpus: 8,
      perJob: 1,
      rate: 6.8,
      service: .exponential(mean: 1),
      customers: 150_000
    ),
    Cell(
      name: "M/D/1, load 0.8: jobs that take the whole node",
      formula: "Pollaczek-Khinchine",
      exact: 2.0,
      gpus: 8,
      perJob: 8,
      rate: 0.8,
      service: .constant(1),
      customers: 100_000
    ),
    Cell(
      name: "M/H2/1, load 0.8: the same, 90 % short and 10 % long jobs",
      formula: "Pollaczek-Khinchine",
      exact: 13.0,
      gpus: 8,
      perJob: 8,
      rate: 0.8,
      service: .hyperexponential([.init(weight: 0.9, mean: 0.5), .init(weight: 0.1, mean: 5.5)]),
      customers: 200_000
    ),
  ]
}
