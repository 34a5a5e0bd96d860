extension Schema {
  /// The view of version 1 that changes, and the one that is new.
  static let version2Views = """
    CREATE VIEW job_view AS
      -- One row a job, with names and seconds. gpu_count, gpu_share, cpus and memory_mib are of one worker.
      SELECT
        p.run_id, p.number AS replication, j.job_id,
        coalesce(n.name, p.job_name_prefix || j.job_id) AS job,
        t.name AS tenant, c.name AS class, iif(j.kind = 1, 'service', 'batch') AS kind,
        s.gpu_count, s.milligpu_per_device / 1000.0 AS gpu_share, s.cpu_milli / 1000.0 AS cpus,
        s.memory_mib, s.accepts, s.workers, s.placement, s.constraints,
        s.gpu_count * s.milligpu_per_device * s.workers / 1000.0 AS gpus, j.priority, st.name AS state,
        j.arrival_ns / 1e9 AS arrival_s, j.first_start_ns / 1e9 AS first_start_s,
        iif(l.job_id IS NULL, j.arrival_ns, l.eligible_ns) / 1e9 AS eligible_s, j.start_ns / 1e9 AS start_s, j.end_ns / 1e9 AS end_s,
        (j.start_ns - coalesce(l.eligible_ns, j.arrival_ns) - iif(j.interruptions = 0, 0, (
          SELECT coalesce(sum(a.end_ns - a.start_ns), 0) FROM job_attempt a
          WHERE a.replication_id = j.replication_id AND a.job_id = j.job_id))) / 1e9 AS wait_s, w.name AS wait_cause,
        j.duration_ns / 1e9 AS duration_s, coalesce(j.estimate_ns, j.duration_ns) / 1e9 AS estimate_s,
        l.time_limit_ns / 1e9 AS time_limit_s, l.deadline_ns / 1e9 AS deadline_s,
        iif(l.deadline_ns IS NULL, NULL, iif(st.name = 'completed', j.end_ns <= l.deadline_ns,
          iif(st.name IN ('waiting', 'running', 'unseen') AND l.deadline_ns >= p.end_ns, NULL, 0))) AS met_deadline,
        d.name AS node, j.gpu_mask, j.interruptions, j.preemptions, coalesce(l.failures, 0) AS failures, l.retries,
        j.relaxed, j.steps, j.speed_millionths / 1e6 AS speed
      FROM job j
      JOIN replication p ON p.id = j.replication_id
      JOIN tenant t ON t.run_id = p.run_id AND t.tenant_id = j.tenant_id
      JOIN job_class c ON c.run_id = p.run_id AND c.class_id = j.class_id
      JOIN job_shape s ON s.run_id = p.run_id AND s.shape_id = j.shape_id
      JOIN job_state st ON st.id = j.state
      JOIN wait_cause w ON w.id = j.cause
      LEFT JOIN job_life l ON l.replication_id = j.replication_id AND l.job_id = j.job_id
      LEFT JOIN node d ON d.run_id = p.run_id AND d.node_id = j.node_id
      LEFT JOIN job_name n ON n.replication_id = j.replication_id AND n.job_id = j.job_id;

    CREATE VIEW hold_view AS
      -- What gangs held before they started, one row for each node and stretch, with names, seconds and GPU-hours.
      SELECT
        j.run_id, j.replication, j.job_id, j.job, j.tenant, j.class, j.state, h.start_ns / 1e9 AS start_s,
        h.end_ns / 1e9 AS end_s, d.name AS node, h.workers, h.ending,
        (h.end_ns - h.start_ns) / 3.6e12 * j.gpu_count * j.gpu_share * h.workers AS held_gpu_hours
      FROM job_view j
      JOIN replication p ON p.run_id = j.run_id AND p.number = j.replication
      JOIN gang_hold h ON h.replication_id = p.id AND h.job_id = j.job_id
      JOIN node d ON d.run_id = j.run_id AND d.node_id = h.node_id;
    CREATE VIEW wait_view AS
      -- What jobs waited for, one row a job and cause, with names; the rows of a job add up to all its waiting.
      SELECT
        p.run_id, p.number AS replication, x.job_id, coalesce(n.name, p.job_name_prefix || x.job_id) AS job,
        w.name AS cause, x.wait_ns / 1e9 AS wait_s
      FROM (
        SELECT replication_id, job_id, cause, wait_ns FROM job_wait
        UNION ALL
        SELECT j.replication_id, j.job_id, j.cause,
          coalesce(j.start_ns, j.end_ns, e.end_ns) - j.arrival_ns - iif(j.interruptions = 0, 0, (
            SELECT coalesce(sum(a.end_ns - a.start_ns), 0) FROM job_attempt a
            WHERE a.replication_id = j.replication_id AND a.job_id = j.job_id))
        FROM job j JOIN replication e ON e.id = j.replication_id
        WHERE j.cause > 0 AND j.state < 4 AND NOT EXISTS (
          SELECT 1 FROM job_wait m WHERE m.replication_id = j.replication_id AND m.job_id = j.job_id)
      ) x
      JOIN replication p ON p.id = x.replication_id
      JOIN wait_cause w ON w.id = x.cause
      LEFT JOIN job_name n ON n.replication_id = x.replication_id AND n.job_id = x.job_id;

    CREATE VIEW wait_total_view AS
      -- Waiting by tenant, size and cause, in hours.
      SELECT
        p.run_id, p.number AS replication, t.name AS tenant, x.size, w.name AS cause, x.jobs,
        (x.wait_s + x.wait_ns / 1e9) / 3600 AS job_hours,
        (x.waiting_milligpu_s + x.waiting_milligpu_ns / 1e9) / 3.6e6 AS gpu_hours
      FROM wait_total x
      JOIN replication p ON p.id = x.replication_id
      JOIN tenant t ON t.run_id = p.run_id AND t.tenant_id = x.tenant_id
      JOIN wait_cause w ON w.id = x.cause;

    CREATE VIEW piece_view AS
      -- Where each gang last ran, one row a node, with names.
      SELECT
        j.run_id, j.replication, j.job_id, j.job, j.class, j.state, j.workers AS gang, j.placement,
        i.piece, d.name AS node, i.gpu_mask, i.workers
      FROM job_view j
      JOIN replication p ON p.run_id = j.run_id AND p.number = j.replication
      JOIN job_piece i ON i.replication_id = p.id AND i.job_id = j.job_id
      JOIN node d ON d.run_id = j.run_id AND d.node_id = i.node_id;
    """
}
