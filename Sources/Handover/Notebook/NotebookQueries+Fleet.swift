extension NotebookQuery {
  static let overviewSQL = """
    SELECT
      r.name AS run, r.policy, r.version, p.number AS replication,
      (SELECT coalesce(sum(n.gpu_count), 0) FROM node n WHERE n.run_id = r.id) AS gpus,
      (p.end_ns - p.measured_from_ns) / 3.6e12 AS measured_hours, p.job_count AS jobs,
      p.free_milligpu / 1e3 AS free_gpus, p.fgd_milligpu / 1e3 AS fgd_gpus,
      p.largest_job, p.largest_gang
    FROM run r
    JOIN replication p ON p.run_id = r.id
    WHERE r.id = :run AND p.number = :replication
    """

  /// `served` is what tenants hold of what they asked; what is left of the
  /// fleet beside the named states is being changed over or handed out beyond
  /// what was asked. Differences are rounded because the levels are doubles.
  static let useOverTimeSQL = """
    WITH level AS (
      SELECT
        bucket, min(from_s) AS from_s,
        coalesce(sum(mean_level) FILTER (WHERE name = 'offered'), 0.0) AS offered,
        coalesce(sum(mean_level) FILTER (WHERE name = 'served'), 0.0) AS served,
        coalesce(sum(mean_level) FILTER (WHERE name = 'busy'), 0.0) AS busy,
        coalesce(sum(mean_level) FILTER (WHERE name = 'free'), 0.0) AS free,
        coalesce(sum(mean_level) FILTER (WHERE name = 'stranded'), 0.0) AS stranded,
        coalesce(sum(mean_level) FILTER (WHERE name = 'down'), 0.0) AS down
      FROM series_view
      WHERE run_id = :run AND replication = :replication
      GROUP BY bucket
    ), fleet AS (
      SELECT sum(gpu_count) AS gpus FROM node WHERE run_id = :run
    )
    SELECT
      l.bucket, l.from_s / 3600 AS from_h,
      min(l.from_s + p.bucket_ns / 1e9, p.end_ns / 1e9) / 3600 AS to_h,
      l.offered, l.busy,
      max(round(l.served - l.busy, 9), 0.0) AS idle,
      max(round(l.free - l.stranded, 9), 0.0) AS placeable,
      l.stranded, l.down,
      max(round(f.gpus - l.served - l.free - l.down, 9), 0.0) AS other
    FROM level l, fleet f
    JOIN replication p ON p.run_id = :run AND p.number = :replication
    ORDER BY l.bucket
    """

  static let gpuTimeSQL = """
    SELECT gpu_model, leaf, gpu_hours
    FROM ledger_view
    WHERE run_id = :run AND replication = :replication
    ORDER BY gpu_model, leaf
    """

  /// Every n-th arrival and the last one.
  static let fillingSQL = """
    WITH place AS (
      SELECT
        id, (SELECT sum(gpu_count) FROM node WHERE run_id = :run) AS gpus,
        (SELECT max(arrival) FROM filling f WHERE f.replication_id = p.id) AS last
      FROM replication p
      WHERE run_id = :run AND number = :replication
    )
    SELECT
      f.arrival, p.gpus AS fleet_gpus, f.arrived_milligpu / 1e3 AS arrived_gpus,
      f.allocated_milligpu / 1e3 AS allocated_gpus, f.fragmented_milligpu / 1e3 AS fragmented_gpus
    FROM place p
    JOIN filling f ON f.replication_id = p.id
    WHERE f.arrival % (p.last / 500 + 1) = 0 OR f.arrival = p.last
    ORDER BY f.arrival
    """
}
