extension NotebookQuery {
  static let waitingOverTimeSQL = """
    SELECT
      v.bucket, min(v.from_s) / 3600 AS from_h,
      min(min(v.from_s) + p.bucket_ns / 1e9, p.end_ns / 1e9) / 3600 AS to_h, v.tenant,
      coalesce(sum(v.mean_level) FILTER (WHERE v.name = 'waiting'), 0.0) AS waiting_gpus,
      coalesce(sum(v.mean_level) FILTER (WHERE v.name = 'queue'), 0.0) AS queued_jobs
    FROM series_view v
    JOIN replication p ON p.run_id = v.run_id AND p.number = v.replication
    WHERE v.run_id = :run AND v.replication = :replication AND v.name IN ('waiting', 'queue')
    GROUP BY v.bucket, v.tenant
    ORDER BY v.bucket, v.tenant
    """

  static let waitingByCauseSQL = """
    SELECT size, cause, sum(job_hours) AS job_hours, sum(gpu_hours) AS gpu_hours
    FROM wait_total_view
    WHERE run_id = :run AND replication = :replication
    GROUP BY size, cause
    ORDER BY size, cause
    """

  static let waitPercentilesSQL = """
    WITH stage AS (
      SELECT
        substr(scope, 6) AS size, value AS wait_s,
        CASE name
          WHEN 'wait.p50' THEN 50 WHEN 'wait.p90' THEN 90 WHEN 'wait.p95' THEN 95
          WHEN 'wait.p99' THEN 99 WHEN 'wait.max' THEN 100
        END AS percentile
      FROM metric_view
      WHERE run_id = :run AND replication = :replication AND scope LIKE 'size:%'
    )
    SELECT size, percentile, wait_s
    FROM stage
    WHERE percentile IS NOT NULL
    ORDER BY size, percentile
    """
}
