extension Schema {
  /// The views of version 1: names instead of numbers, hours instead of
  /// nanoseconds.
  static let version1Views = """
    CREATE VIEW run_overview AS
      -- One row a run: its headline figures, means over the replications.
      SELECT
        r.id AS run_id, r.name, r.policy, r.seed, r.version,
        (SELECT count(*) FROM replication p WHERE p.run_id = r.id) AS replications,
        (SELECT sum(p.event_count) FROM replication p WHERE p.run_id = r.id) AS events,
        (SELECT sum(n.gpu_count) FROM node n WHERE n.run_id = r.id) AS gpus,
        max(m.value) FILTER (WHERE m.name = 'allocation') AS allocation_percent,
        max(m.value) FILTER (WHERE m.name = 'utilisation') AS utilisation_percent,
        max(m.value) FILTER (WHERE m.name = 'stranded') AS stranded_percent,
        max(m.value) FILTER (WHERE m.name = 'jobs.completed') AS jobs_completed,
        max(m.value) FILTER (WHERE m.name = 'wait.p50') AS wait_p50_s,
        max(m.value) FILTER (WHERE m.name = 'wait.p95') AS wait_p95_s
      FROM run r
      LEFT JOIN (
        SELECT p.run_id, m.name, avg(m.value) AS value
        FROM metric m JOIN replication p ON p.id = m.replication_id
        WHERE m.scope = 'fleet' GROUP BY p.run_id, m.name
      ) m ON m.run_id = r.id
      GROUP BY r.id;

    CREATE VIEW job_view AS
      -- One row a job, with names and seconds.
      SELECT
        p.run_id, p.number AS replication, j.job_id,
        coalesce(n.name, p.job_name_prefix || j.job_id) AS job,
        t.name AS tenant, c.name AS class, iif(j.kind = 1, 'service', 'batch') AS kind,
        s.gpu_count, s.milligpu_per_device / 1000.0 AS gpu_share, s.cpu_milli / 1000.0 AS cpus,
        s.memory_mib, s.accepts, j.priority, st.name AS state,
        j.arrival_ns / 1e9 AS arrival_s, j.start_ns / 1e9 AS start_s, j.end_ns / 1e9 AS end_s,
        (j.start_ns - j.arrival_ns - iif(j.interruptions = 0, 0, (
          SELECT coalesce(sum(a.end_ns - a.start_ns), 0) FROM job_attempt a
          WHERE a.replication_id = j.replication_id AND a.job_id = j.job_id))) / 1e9 AS wait_s, w.name AS wait_cause,
        j.duration_ns / 1e9 AS duration_s, d.name AS node, j.gpu_mask, j.interruptions
      FROM job j
      JOIN replication p ON p.id = j.replication_id
      JOIN tenant t ON t.run_id = p.run_id AND t.tenant_id = j.tenant_id
      JOIN job_class c ON c.run_id = p.run_id AND c.class_id = j.class_id
      JOIN job_shape s ON s.run_id = p.run_id AND s.shape_id = j.shape_id
      JOIN job_state st ON st.id = j.state
      JOIN wait_cause w ON w.id = j.cause
      LEFT JOIN node d ON d.run_id = p.run_id AND d.node_id = j.node_id
      LEFT JOIN job_name n ON n.replication_id = j.replication_id AND n.job_id = j.job_id;

    CREATE VIEW ledger_view AS
      -- GPU-hours by replication, GPU model and leaf.
      SELECT
        p.run_id, p.number AS replication, g.name AS gpu_model, f.branch, f.path AS leaf,
        (l.milligpu_s + l.milligpu_ns / 1e9) / 3.6e6 AS gpu_hours
      FROM ledger l
      JOIN replication p ON p.id = l.replication_id
      JOIN gpu_model g ON g.run_id = p.run_id AND g.model_id = l.model_id
      JOIN ledger_leaf f ON f.id = l.leaf_id;

    CREATE VIEW tenant_view AS
      -- What each tenant asked for and got, GPU-hours.
      SELECT
        p.run_id, p.number AS replication, t.name AS tenant, o.submitted, o.completed,
        (o.offered_milligpu_s + o.offered_milligpu_ns / 1e9) / 3.6e6 AS offered_gpu_hours,
        (o.waiting_milligpu_s + o.waiting_milligpu_ns / 1e9) / 3.6e6 AS waiting_gpu_hours,
        coalesce((
          SELECT sum(l.milligpu_s) + sum(l.milligpu_ns) / 1e9 FROM tenant_ledger l
          WHERE l.replication_id = o.replication_id AND l.tenant_id = o.tenant_id
        ), 0) / 3.6e6 AS allocated_gpu_hours
      FROM tenant_total o
      JOIN replication p ON p.id = o.replication_id
      JOIN tenant t ON t.run_id = p.run_id AND t.tenant_id = o.tenant_id;

    CREATE VIEW node_view AS
      -- GPU-hours of each node by leaf.
      SELECT
        p.run_id, p.number AS replication, n.name AS node, n.gpu_count, g.name AS gpu_model,
        f.path AS leaf, (l.milligpu_s + l.milligpu_ns / 1e9) / 3.6e6 AS gpu_hours
      FROM node_ledger l
      JOIN replication p ON p.id = l.replication_id
      JOIN node n ON n.run_id = p.run_id AND n.node_id = l.node_id
      JOIN ledger_leaf f ON f.id = l.leaf_id
      LEFT JOIN gpu_model g ON g.run_id = n.run_id AND g.model_id = n.model_id;

    CREATE VIEW series_view AS
      -- Mean level in each bucket: GPUs for demand and states, jobs for the queue.
      SELECT
        p.run_id, p.number AS replication, s.name, s.tenant, s.gpu_model, v.bucket,
        (p.measured_from_ns + v.bucket * p.bucket_ns) / 1e9 AS from_s,
        iif(s.unit = 'milliGPU', 'GPU', s.unit) AS unit,
        (v.unit_s + v.unit_ns / 1e9) / iif(s.unit = 'milliGPU', 1000.0, 1.0)
          / (min(p.bucket_ns, p.end_ns - p.measured_from_ns - v.bucket * p.bucket_ns) / 1e9) AS mean_level
      FROM series_value v
      JOIN series s ON s.replication_id = v.replication_id AND s.series_id = v.series_id
      JOIN replication p ON p.id = v.replication_id;

    CREATE VIEW metric_view AS
      -- Every metric with its run, policy and replication.
      SELECT p.run_id, r.name AS run, r.policy, p.number AS replication, m.scope, m.name, m.unit, m.value
      FROM metric m
      JOIN replication p ON p.id = m.replication_id
      JOIN run r ON r.id = p.run_id;
    """
}
