/// The program's own trace format: one job a row, all that a run needs.
///
/// | column | what |
/// |---|---|
/// | `name` | unique |
/// | `class` | job class |
/// | `tenant` | who owns it |
/// | `kind` | `batch` or `service` |
/// | `priority` | whole number, higher is more important |
/// | `cpu_milli` | thousandths of a vCPU |
/// | `memory_mib` | MiB of host memory |
/// | `num_gpu` | GPUs |
/// | `gpu_milli` | thousandths of each GPU, 0 without GPUs |
/// | `gpu_spec` | accepted GPU models joined with `\|`, empty: any |
/// | `busy_milli` | thousandths of its GPU time that it keeps busy |
/// | `arrival_s` | seconds since the start, up to nine decimals |
/// | `duration_s` | seconds, up to nine decimals; 0 becomes one tick |
///
/// A file may leave out the columns that follow:
///
/// | column | what | left out |
/// |---|---|---|
/// | `workers` | equal workers, each with the request of the row, started all or none | 1 |
/// | `placement` | where they may lie: `anywhere`, `oneNode`, `consolidated`, `nvlinkDomain` or `rack` | `anywhere` |
/// | `estimate_s` | what the duration was expected to be, seconds; 0 becomes one tick | the duration |
/// | `preemptible` | `true`, or `false` when no job of higher priority may stop it | `true` |
/// | `max_unavailable` | jobs of the class that may be stopped at a time, `2` or `25%`, or that must run, `min 2` or `min 50%`, the same in all its rows; empty: any number | empty |
/// | `relax` | how the placement is relaxed: `600:rack;1800:anywhere` is a rack after 600 s in the queue, any nodes after 1800 s; empty: never | never |
/// | `speed` | speed by span, each on InfiniBand, RoCE and Ethernet: `rack=0.95/0.9/0.8;fleet=0.9/0.85/0.6`; empty: full everywhere | full |
/// | `steps` | steps to do; 0: the duration says how long the job runs | 0 |
/// | `throughput` | with steps, the table of their speed: `bert;h100-80gb-sxm:16:rack:3.2` is a name, then model, GPUs of the whole job, span and steps per second of each row | |
/// | `time_limit_s` | how long a run may last from its start, seconds; empty: as long as it likes | empty |
/// | `deadline_s` | by when it should be done, seconds after its arrival; empty: at any time | empty |
/// | `retries` | how often it is started again after failures; empty: as often as it takes | empty |
/// | `retry_delay_s` | how long it stays out of the queue after its first failure, then twice as long and so on | 0 |
/// | `retry_delay_max_s` | where that delay stops growing; goes with `retry_delay_s` | 0 |
/// | `fails` | where its attempts fail of themselves, in turn: shares from 0 to 1 of the work that was left, separated by `;` | none fails |
/// | `after` | names of the jobs that must have completed first, separated by `;`; rows may come in any order | none |
/// | `node_selector` | labels that its nodes must have, `zone=a;disk=nvme` | none |
/// | `node_affinity` | terms of which one must hold, `zone In a\|b;disk Exists \|\| gen Gt 3` | none |
/// | `preferred_affinity` | terms with weights, `10: zone In a \|\| 5: disk Exists` | none |
/// | `tolerations` | taints that it tolerates, `dedicated=research:NoSchedule;spot;*` | none |
/// | `preferred_models` | GPU models to try first, joined with `\|` | none |
/// | `anti_affinity` | workers that keep apart, `class:node`, `tenant:zone` or `gang:node` | none |
/// | `affinity` | jobs that keep together, `class:zone` | none |
/// | `topology_spread` | spread of its class over domains, `zone:1` | none |
/// | `device` | what it asks of the inside of a GPU: `mig=1g.10gb`, or `memory=8192;compute=250;fill=300;kernels=small;isolation=gpu` | nothing |
/// | `limits` | what each pod may use at most beside what it requests: `cpu=4000;memory=8192` (thousandths, MiB) | its request |
///
/// With steps, `duration_s` is what orders by length and estimates go by. A
/// name that holds a semicolon cannot stand in `after`.
///
/// The request columns are those of the openb trace. Rows need not be sorted.
public enum HeadroomTrace {
  /// The columns that every file has, in the order in which they are written.
  public static let columns = [
    "name", "class", "tenant", "kind", "priority", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli",
    "gpu_spec", "busy_milli", "arrival_s", "duration_s",
  ]

  /// The columns that a file may leave out, in the order in which they are
  /// written; only those that say something are.
  public static let optionalColumns =
    [
      "workers", "placement", "estimate_s", "preemptible", "max_unavailable", "relax", "speed", "steps",
      "throughput",
    ] + LifeColumns.names + ["after"] + ConstraintColumn.all.map(\.name) + ["device", "limits"]

  /// The texts of column `kind`.
  static let kinds: [(text: String, kind: JobKind)] = [("batch", .batch), ("service", .service)]
}
