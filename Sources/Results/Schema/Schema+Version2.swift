extension Schema {
  /// Version 2: gangs, estimates, preemption, and what runs that were cut
  /// short kept.
  ///
  /// Tables with new columns are made anew and filled, so that their
  /// statements explain them as well as those of a new file. Jobs of version 1
  /// had one worker and exact estimates, were never preempted and kept nothing
  /// when interrupted; their first start is that of their first attempt.
  static let version2Tables = """
    DROP VIEW job_view;
    ALTER TABLE job_shape RENAME TO job_shape_1;
    ALTER TABLE job RENAME TO job_1;
    ALTER TABLE job_attempt RENAME TO job_attempt_1;

    CREATE TABLE job_shape (
      -- What jobs ask: equal workers, each on one node. All but workers and placement is of one worker.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      shape_id INTEGER NOT NULL,
      cpu_milli INTEGER NOT NULL CHECK (cpu_milli >= 0), -- Thousandths of a vCPU
      memory_mib INTEGER NOT NULL CHECK (memory_mib >= 0), -- MiB of host memory
      gpu_count INTEGER NOT NULL CHECK (gpu_count >= 0),
      milligpu_per_device INTEGER NOT NULL CHECK (milligpu_per_device BETWEEN 0 AND 1000), -- Thousandths of each GPU
      accepts TEXT NOT NULL, -- Accepted GPU models joined with |; empty: any
      workers INTEGER NOT NULL CHECK (workers >= 1), -- More than 1: a gang, started all or none
      placement TEXT NOT NULL CHECK (placement IN ('anywhere', 'oneNode', 'consolidated', 'nvlinkDomain', 'rack')), -- Where the workers may lie
      relaxation TEXT NOT NULL, -- How that is relaxed: seconds in the queue and the wider wish, as 600:rack;1800:anywhere; empty: never
      constraints TEXT NOT NULL, -- What it asks of nodes beside: labels, tolerations, rules between jobs; empty: nothing
      PRIMARY KEY (run_id, shape_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job (
      -- One row a job. tenant_id, class_id, shape_id and node_id are rows of the run's tables.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      job_id INTEGER NOT NULL, -- Position in arrival order
      tenant_id INTEGER NOT NULL,
      class_id INTEGER NOT NULL,
      shape_id INTEGER NOT NULL,
      kind INTEGER NOT NULL CHECK (kind IN (0, 1)), -- 0 batch, 1 service replica
      priority INTEGER NOT NULL, -- Higher is more important
      busy_milli INTEGER NOT NULL CHECK (busy_milli BETWEEN 0 AND 1000), -- Share of its GPU time kept busy, thousandths
      arrival_ns INTEGER NOT NULL CHECK (arrival_ns >= 0),
      duration_ns INTEGER NOT NULL CHECK (duration_ns > 0), -- Asked; end_ns - start_ns when it completed in one run without overhead
      estimate_ns INTEGER CHECK (estimate_ns > 0), -- What the duration was expected to be; NULL: exactly that
      state INTEGER NOT NULL CHECK (state >= 0) REFERENCES job_state (id), -- See job_state
      cause INTEGER NOT NULL CHECK (cause >= 0) REFERENCES wait_cause (id), -- See wait_cause
      first_start_ns INTEGER CHECK (first_start_ns >= arrival_ns), -- First start; NULL: never started
      start_ns INTEGER CHECK (start_ns >= arrival_ns), -- Last start; NULL: never started, or waiting again
      end_ns INTEGER CHECK (end_ns >= arrival_ns), -- The end, whichever it was (see job_state); NULL: none
      node_id INTEGER, -- Where it last ran, of a gang the node of its first piece; NULL: never started, or waiting again
      gpu_mask INTEGER NOT NULL CHECK (gpu_mask BETWEEN 0 AND 65535), -- Bit g: GPU g of that node
      interruptions INTEGER NOT NULL CHECK (interruptions >= 0), -- Runs cut short: a node failed or left, or preempted
      preemptions INTEGER NOT NULL CHECK (preemptions BETWEEN 0 AND interruptions), -- Of these, to make room for other jobs
      overhead_ns INTEGER NOT NULL CHECK (overhead_ns >= 0), -- What the last run repeated or spent on restarting
      relaxed INTEGER NOT NULL CHECK (relaxed >= 0), -- Steps by which its placement was relaxed in its last wait
      steps INTEGER CHECK (steps > 0), -- Steps to do; NULL: its duration says it all
      speed_millionths INTEGER CHECK (speed_millionths BETWEEN 0 AND 1000000), -- Speed of the last run relative to its best; NULL: never ran, or its speed depends on nothing
      PRIMARY KEY (replication_id, job_id),
      CHECK ((start_ns IS NULL) = (node_id IS NULL)),
      CHECK (first_start_ns IS NOT NULL OR start_ns IS NULL)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_attempt (
      -- Runs of a job that were cut short (its node failed or left, or preempted), in the order of their ends.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      attempt INTEGER NOT NULL, -- Position in that order
      job_id INTEGER NOT NULL,
      start_ns INTEGER NOT NULL CHECK (start_ns >= 0),
      end_ns INTEGER NOT NULL CHECK (end_ns >= start_ns),
      node_id INTEGER NOT NULL, -- Where it ran, of a gang the node of its first piece
      gpu_mask INTEGER NOT NULL CHECK (gpu_mask BETWEEN 0 AND 65535), -- Bit g: GPU g of that node
      is_preemption INTEGER NOT NULL CHECK (is_preemption IN (0, 1)), -- 1: to make room for other jobs
      is_failure INTEGER NOT NULL CHECK (is_failure IN (0, 1)), -- 1: the job failed of itself
      backoff_ns INTEGER NOT NULL CHECK (backoff_ns >= 0), -- How long it stayed out of the queue after it
      kept_ns INTEGER NOT NULL CHECK (kept_ns >= 0), -- Work that later runs need not repeat
      overhead_ns INTEGER NOT NULL CHECK (overhead_ns >= 0), -- What this run repeated or spent on restarting
      speed_millionths INTEGER CHECK (speed_millionths BETWEEN 0 AND 1000000), -- Speed of this run, as in job
      PRIMARY KEY (replication_id, attempt)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_place (
      -- Where nodes stand. No rows: nothing is stated about the fleet's racks and network.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      rack TEXT, -- NULL: the rack is the node's NVLink domain
      nvlink_domain INTEGER, -- Nodes with the same number are joined by NVLink; NULL: the node is a domain of its own
      fabric TEXT NOT NULL CHECK (fabric IN ('infiniband', 'roce', 'ethernet')), -- The network between the nodes
      PRIMARY KEY (run_id, node_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_label (
      -- Labels of nodes; nodes without any have no row.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run_id, node_id, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_taint (
      -- Taints of nodes; nodes without any have no row.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      taint INTEGER NOT NULL CHECK (taint >= 0), -- 0-based
      key TEXT NOT NULL,
      value TEXT NOT NULL, -- Empty: none
      effect TEXT NOT NULL CHECK (effect IN ('NoSchedule', 'PreferNoSchedule')),
      PRIMARY KEY (run_id, node_id, taint)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_piece (
      -- Where each gang last ran: its workers by node. Jobs of one worker have no row.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      job_id INTEGER NOT NULL,
      piece INTEGER NOT NULL CHECK (piece >= 0), -- 0-based
      node_id INTEGER NOT NULL,
      gpu_mask INTEGER NOT NULL CHECK (gpu_mask BETWEEN 0 AND 65535), -- Bit g: GPU g of that node
      workers INTEGER NOT NULL CHECK (workers >= 1), -- Workers on that node
      PRIMARY KEY (replication_id, job_id, piece)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE attempt_piece (
      -- Where each gang lay in runs that were cut short: its workers by node. See job_piece.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      attempt INTEGER NOT NULL, -- See job_attempt
      piece INTEGER NOT NULL CHECK (piece >= 0), -- 0-based
      node_id INTEGER NOT NULL,
      gpu_mask INTEGER NOT NULL CHECK (gpu_mask BETWEEN 0 AND 65535), -- Bit g: GPU g of that node
      workers INTEGER NOT NULL CHECK (workers >= 1), -- Workers on that node
      PRIMARY KEY (replication_id, attempt, piece)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE gang_hold (
      -- Workers of a gang that held their GPUs on one node while the gang waited for the rest; idle in the ledger.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      hold INTEGER NOT NULL, -- In the order of their ends
      job_id INTEGER NOT NULL,
      start_ns INTEGER NOT NULL CHECK (start_ns >= 0),
      end_ns INTEGER NOT NULL CHECK (end_ns > start_ns),
      node_id INTEGER NOT NULL,
      gpu_mask INTEGER NOT NULL CHECK (gpu_mask BETWEEN 0 AND 65535), -- Bit g: GPU g of that node
      workers INTEGER NOT NULL CHECK (workers >= 1), -- Workers on that node
      ending TEXT NOT NULL CHECK (ending IN ('started', 'timed_out', 'lost', 'withdrawn', 'at_end', 'stuck')), -- lost: with its node; stuck: held at the end by a gang that could never have started
      PRIMARY KEY (replication_id, hold)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_wait (
      -- What jobs waited for that waited for several causes, exactly: the rows of a job add up to all its waiting.
      -- A job without rows waited for its one cause only (job.cause), or not at all. See wait_view.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      job_id INTEGER NOT NULL,
      cause INTEGER NOT NULL REFERENCES wait_cause (id), -- See wait_cause
      wait_ns INTEGER NOT NULL CHECK (wait_ns > 0),
      PRIMARY KEY (replication_id, job_id, cause)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE class_cause (
      -- What the waiting jobs of a shape waited for, each row up to the next. Says nothing of times when none waited.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      shape_id INTEGER NOT NULL,
      since_ns INTEGER NOT NULL CHECK (since_ns >= 0),
      cause INTEGER NOT NULL REFERENCES wait_cause (id), -- See wait_cause
      PRIMARY KEY (replication_id, shape_id, since_ns)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_cause (
      -- Where a job waited for something else than its shape did, each row up to the job's next.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      job_id INTEGER NOT NULL,
      since_ns INTEGER NOT NULL CHECK (since_ns >= 0),
      cause INTEGER NOT NULL REFERENCES wait_cause (id), -- See wait_cause; 0: what its shape waits for
      PRIMARY KEY (replication_id, job_id, since_ns)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE wait_total (
      -- Waiting of the counted jobs by tenant, size and cause, exact.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      tenant_id INTEGER NOT NULL,
      size TEXT NOT NULL, -- GPUs of a job: 0, fraction, 1, 2-4, ...
      cause INTEGER NOT NULL REFERENCES wait_cause (id), -- See wait_cause
      jobs INTEGER NOT NULL CHECK (jobs > 0), -- Jobs that waited for it at all
      wait_s INTEGER NOT NULL, -- Job time, whole seconds
      wait_ns INTEGER NOT NULL, -- and the rest, ns
      waiting_milligpu_s INTEGER NOT NULL, -- GPU time asked meanwhile, thousandths x s
      waiting_milligpu_ns INTEGER NOT NULL, -- and the rest, thousandths x ns
      PRIMARY KEY (replication_id, tenant_id, size, cause)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_life (
      -- What may end a job before its time, and what came of it. Replications without limits, failures, retries, deadlines and dependencies have no rows.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      job_id INTEGER NOT NULL,
      eligible_ns INTEGER CHECK (eligible_ns >= 0), -- Since when it stood in the queue, the jobs that it waits for having completed; NULL: it never did
      time_limit_ns INTEGER CHECK (time_limit_ns > 0), -- A run is killed after so long; NULL: never
      deadline_ns INTEGER CHECK (deadline_ns > 0), -- By when it should have completed; NULL: at any time
      retries INTEGER CHECK (retries >= 0), -- How often it is started again after failures; NULL: as often as it takes
      failures INTEGER NOT NULL CHECK (failures >= 0), -- Attempts that failed of themselves, the last one included
      lost_ns INTEGER NOT NULL CHECK (lost_ns >= 0), -- Work that the last run did in vain: the job timed out or failed
      PRIMARY KEY (replication_id, job_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_dependency (
      -- The jobs that must have completed before a job may stand in the queue. Jobs that wait for none have no row.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      job_id INTEGER NOT NULL,
      after_job_id INTEGER NOT NULL CHECK (after_job_id <> job_id), -- Must have completed first
      PRIMARY KEY (replication_id, job_id, after_job_id)
    ) STRICT, WITHOUT ROWID;

    INSERT INTO job_attempt SELECT *, 0, 0, 0, 0, 0, NULL FROM job_attempt_1;
    INSERT INTO job_shape SELECT *, 1, 'anywhere', '', '' FROM job_shape_1;
    INSERT INTO job
      SELECT
        j.replication_id, j.job_id, j.tenant_id, j.class_id, j.shape_id, j.kind, j.priority, j.busy_milli,
        j.arrival_ns, j.duration_ns, NULL, j.state, j.cause, coalesce(a.first_ns, j.start_ns), j.start_ns,
        j.end_ns, j.node_id, j.gpu_mask, j.interruptions, 0, 0, 0, NULL, NULL
      FROM job_1 j
      LEFT JOIN (
        SELECT replication_id, job_id, min(start_ns) AS first_ns FROM job_attempt_1 GROUP BY replication_id, job_id
      ) a ON a.replication_id = j.replication_id AND a.job_id = j.job_id;
    DROP TABLE job_shape_1;
    DROP TABLE job_1;
    DROP TABLE job_attempt_1;
    """
}
