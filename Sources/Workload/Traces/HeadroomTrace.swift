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
/// The request columns are those of the openb trace. Rows need not be sorted.
public enum HeadroomTrace {
  /// The columns, in the order in which they are written.
  public static let columns = [
    "name", "class", "tenant", "kind", "priority", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli",
    "gpu_spec", "busy_milli", "arrival_s", "duration_s",
  ]

  /// The texts of column `kind`.
  static let kinds: [(text: String, kind: JobKind)] = [("batch", .batch), ("service", .service)]
}
