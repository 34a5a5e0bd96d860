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
/// | `time_limit_s` | how long a run may last from its start, seconds; empty: as long as it likes | empty |
/// | `deadline_s` | by when it should be done, seconds after its arrival; empty: at any time | empty |
/// | `retries` | how often it is started again after failures; empty: as often as it takes | empty |
/// | `retry_delay_s` | how long it stays out of the queue after its first failure, then twice as long and so on | 0 |
/// | `retry_delay_max_s` | where that delay stops growing; goes with `retry_delay_s` | 0 |
/// | `fails` | where its attempts fail of themselves, in turn: shares from 0 to 1 of the work that was left, separated by `;` | none fails |
/// | `after` | names of the jobs that must have completed first, separated by `;`; rows may come in any order | none |
///
/// A name that holds a semicolon cannot stand in `after`.
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
    ["workers", "placement", "estimate_s", "preemptible"] + LifeColumns.names + ["after"]

  /// The texts of column `kind`.
  static let kinds: [(text: String, kind: JobKind)] = [("batch", .batch), ("service", .service)]
}
