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
/// | `placement` | where they may lie: `anywhere`, `oneNode` or `consolidated` | `anywhere` |
/// | `estimate_s` | what the duration was expected to be, seconds; 0 becomes one tick | the duration |
/// | `preemptible` | `true`, or `false` when no job of higher priority may stop it | `true` |
/// | `node_selector` | labels that its nodes must have, `zone=a;disk=nvme` | none |
/// | `node_affinity` | terms of which one must hold, `zone In a\|b;disk Exists \|\| gen Gt 3` | none |
/// | `preferred_affinity` | terms with weights, `10: zone In a \|\| 5: disk Exists` | none |
/// | `tolerations` | taints that it tolerates, `dedicated=research:NoSchedule;spot;*` | none |
/// | `preferred_models` | GPU models to try first, joined with `\|` | none |
/// | `anti_affinity` | workers that keep apart, `class:node`, `tenant:zone` or `gang:node` | none |
/// | `affinity` | jobs that keep together, `class:zone` | none |
/// | `topology_spread` | spread of its class over domains, `zone:1` | none |
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
    ["workers", "placement", "estimate_s", "preemptible"] + ConstraintColumn.all.map(\.name)

  /// The texts of column `kind`.
  static let kinds: [(text: String, kind: JobKind)] = [("batch", .batch), ("service", .service)]
}
