extension Schema {
  /// The tables of version 1.
  ///
  /// Comments inside the statements are kept by SQLite in the file itself, so
  /// `.schema` explains a database without this source, and
  /// `docs/results-schema.md` is made from them: a table's comment stands
  /// after its opening line, a column's comment on the column's line.
  static let version1Tables = """
    CREATE TABLE run (
      -- One scenario under one placement policy; its replications share all but the random draws.
      id INTEGER PRIMARY KEY,
      batch_id INTEGER NOT NULL REFERENCES run (id) DEFERRABLE INITIALLY DEFERRED, -- First run stored by the same command: the runs of one table
      name TEXT NOT NULL, -- The scenario's name
      description TEXT NOT NULL, -- What it describes; may be empty
      question TEXT NOT NULL, -- The question that it answers; may be empty
      scenario TEXT NOT NULL, -- The scenario in full (YAML), every default and override resolved
      policy TEXT NOT NULL, -- The placement profile's label
      seed TEXT NOT NULL, -- Decimal, 0 to 2^64 - 1
      version TEXT NOT NULL -- Of headroom
    ) STRICT;

    CREATE TABLE run_wall (
      -- All that differs between two executions of the same run. Nothing else in the file does.
      run_id INTEGER PRIMARY KEY REFERENCES run (id) ON DELETE CASCADE,
      started_at TEXT NOT NULL, -- UTC, ISO 8601
      wall_seconds REAL NOT NULL CHECK (wall_seconds >= 0), -- Of the simulation, without storing it
      threads INTEGER NOT NULL CHECK (threads >= 1), -- Replications simulated at a time
      host TEXT NOT NULL
    ) STRICT;

    CREATE TABLE replication (
      -- One simulated replication of a run.
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      number INTEGER NOT NULL CHECK (number >= 0), -- 0-based
      seed TEXT NOT NULL, -- Decimal
      fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 16), -- Hash of every event, 64 bits, hexadecimal
      event_count INTEGER NOT NULL CHECK (event_count >= 0),
      measured_from_ns INTEGER NOT NULL CHECK (measured_from_ns >= 0), -- Statistics cover measured_from_ns to end_ns
      end_ns INTEGER NOT NULL CHECK (end_ns >= measured_from_ns),
      bucket_ns INTEGER NOT NULL CHECK (bucket_ns >= 0), -- Length of one bucket of the series
      job_count INTEGER NOT NULL CHECK (job_count >= 0),
      job_name_prefix TEXT, -- Names of jobs: prefix and job_id; NULL: see job_name
      largest_job INTEGER NOT NULL, -- GPUs: largest job of whole GPUs that fits one node at the end
      largest_gang INTEGER NOT NULL, -- GPUs: largest gang of one-GPU workers that fits at the end
      fgd_milligpu REAL NOT NULL, -- The FGD measure at the end, thousandths of a GPU
      free_milligpu INTEGER NOT NULL, -- Free at the end, thousandths of a GPU
      UNIQUE (run_id, number)
    ) STRICT;

    CREATE TABLE gpu_model (
      -- GPU models of the fleet.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      model_id INTEGER NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (run_id, model_id),
      UNIQUE (run_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tenant (
      -- Who submits jobs.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      tenant_id INTEGER NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (run_id, tenant_id),
      UNIQUE (run_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_class (
      -- Classes of jobs, as the scenario or the trace names them.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      class_id INTEGER NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (run_id, class_id),
      UNIQUE (run_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_shape (
      -- What one job asks of one node.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      shape_id INTEGER NOT NULL,
      cpu_milli INTEGER NOT NULL CHECK (cpu_milli >= 0), -- Thousandths of a vCPU
      memory_mib INTEGER NOT NULL CHECK (memory_mib >= 0), -- MiB of host memory
      gpu_count INTEGER NOT NULL CHECK (gpu_count >= 0),
      milligpu_per_device INTEGER NOT NULL CHECK (milligpu_per_device BETWEEN 0 AND 1000), -- Thousandths of each GPU
      accepts TEXT NOT NULL, -- Accepted GPU models joined with |; empty: any
      PRIMARY KEY (run_id, shape_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node (
      -- Machines of the fleet, in its order.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      name TEXT NOT NULL,
      cpu_milli INTEGER NOT NULL CHECK (cpu_milli >= 0),
      memory_mib INTEGER NOT NULL CHECK (memory_mib >= 0),
      gpu_count INTEGER NOT NULL CHECK (gpu_count BETWEEN 0 AND 16),
      model_id INTEGER, -- NULL exactly when gpu_count is 0
      PRIMARY KEY (run_id, node_id),
      FOREIGN KEY (run_id, model_id) REFERENCES gpu_model (run_id, model_id),
      CHECK ((model_id IS NULL) = (gpu_count = 0))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_state (
      -- The vocabulary of job.state.
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE wait_cause (
      -- The vocabulary of job.cause: why it was last refused.
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE ledger_leaf (
      -- The leaves of the one tree that adds up: capacity = down + changing + free + allocated.
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE, -- As free.stranded.cpu
      branch TEXT NOT NULL CHECK (branch IN ('down', 'changing', 'free', 'allocated')),
      busy INTEGER NOT NULL CHECK (busy IN (0, 1)), -- 1: part of utilisation
      stranded INTEGER NOT NULL CHECK (stranded IN (0, 1)) -- 1: free, but of no use to the mix
    ) STRICT;

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
      duration_ns INTEGER NOT NULL CHECK (duration_ns > 0), -- Asked; end_ns - start_ns when it completed
      state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5), -- See job_state
      cause INTEGER NOT NULL CHECK (cause BETWEEN 0 AND 6), -- See wait_cause
      start_ns INTEGER CHECK (start_ns >= arrival_ns), -- Last start; NULL: never started, or waiting again after an interruption
      end_ns INTEGER CHECK (end_ns >= arrival_ns), -- Completion or withdrawal; NULL: none
      node_id INTEGER, -- Where it last ran; NULL: never started, or waiting again after an interruption
      gpu_mask INTEGER NOT NULL CHECK (gpu_mask BETWEEN 0 AND 65535), -- Bit g: GPU g of that node
      interruptions INTEGER NOT NULL CHECK (interruptions >= 0),
      PRIMARY KEY (replication_id, job_id),
      CHECK ((start_ns IS NULL) = (node_id IS NULL))
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_name (
      -- Names of jobs, where the trace gives them.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      job_id INTEGER NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (replication_id, job_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_attempt (
      -- Runs of a job that were cut short (its node failed or left), in the order of their ends.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      attempt INTEGER NOT NULL, -- Position in that order
      job_id INTEGER NOT NULL,
      start_ns INTEGER NOT NULL CHECK (start_ns >= 0),
      end_ns INTEGER NOT NULL CHECK (end_ns >= start_ns),
      node_id INTEGER NOT NULL, -- Where it ran
      gpu_mask INTEGER NOT NULL CHECK (gpu_mask BETWEEN 0 AND 65535), -- Bit g: GPU g of that node
      PRIMARY KEY (replication_id, attempt)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE filling (
      -- The fleet after each arrival, where the run records it (filling studies). Thousandths of a GPU.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      arrival INTEGER NOT NULL, -- 0-based number of the arrival
      arrived_milligpu INTEGER NOT NULL, -- Asked for so far, refused jobs included
      allocated_milligpu INTEGER NOT NULL, -- In use
      fragmented_milligpu REAL NOT NULL, -- The FGD measure of the fleet
      PRIMARY KEY (replication_id, arrival)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE ledger (
      -- GPU time by GPU model and leaf. The sum over models is the fleet's. Leaves of 0 have no row.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      model_id INTEGER NOT NULL,
      leaf_id INTEGER NOT NULL REFERENCES ledger_leaf (id),
      milligpu_s INTEGER NOT NULL CHECK (milligpu_s >= 0),
      milligpu_ns INTEGER NOT NULL CHECK (milligpu_ns BETWEEN 0 AND 999999999),
      PRIMARY KEY (replication_id, model_id, leaf_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_ledger (
      -- GPU time by node and leaf. Leaves of 0 have no row.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      leaf_id INTEGER NOT NULL REFERENCES ledger_leaf (id),
      milligpu_s INTEGER NOT NULL CHECK (milligpu_s >= 0),
      milligpu_ns INTEGER NOT NULL CHECK (milligpu_ns BETWEEN 0 AND 999999999),
      PRIMARY KEY (replication_id, node_id, leaf_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tenant_ledger (
      -- Allocated GPU time by tenant and leaf. Leaves of 0 have no row.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      tenant_id INTEGER NOT NULL,
      leaf_id INTEGER NOT NULL REFERENCES ledger_leaf (id),
      milligpu_s INTEGER NOT NULL CHECK (milligpu_s >= 0),
      milligpu_ns INTEGER NOT NULL CHECK (milligpu_ns BETWEEN 0 AND 999999999),
      PRIMARY KEY (replication_id, tenant_id, leaf_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tenant_total (
      -- Jobs and GPU demand of a tenant over the measured window.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      tenant_id INTEGER NOT NULL,
      submitted INTEGER NOT NULL CHECK (submitted >= 0), -- Jobs
      completed INTEGER NOT NULL CHECK (completed >= 0), -- Jobs
      offered_milligpu_s INTEGER NOT NULL CHECK (offered_milligpu_s >= 0), -- Demand as if every job had started on arrival
      offered_milligpu_ns INTEGER NOT NULL CHECK (offered_milligpu_ns BETWEEN 0 AND 999999999),
      waiting_milligpu_s INTEGER NOT NULL CHECK (waiting_milligpu_s >= 0), -- Demand of waiting jobs
      waiting_milligpu_ns INTEGER NOT NULL CHECK (waiting_milligpu_ns BETWEEN 0 AND 999999999),
      PRIMARY KEY (replication_id, tenant_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_total (
      -- What happened on a node over the measured window.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      starts INTEGER NOT NULL CHECK (starts >= 0), -- Jobs started on it
      PRIMARY KEY (replication_id, node_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE device (
      -- Allocated time of each GPU over the measured window.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      gpu INTEGER NOT NULL CHECK (gpu BETWEEN 0 AND 15), -- Index in the node
      milligpu_s INTEGER NOT NULL CHECK (milligpu_s >= 0),
      milligpu_ns INTEGER NOT NULL CHECK (milligpu_ns BETWEEN 0 AND 999999999),
      PRIMARY KEY (replication_id, node_id, gpu)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE series (
      -- A level over time. name: offered, served, waiting (GPU demand); busy, free, stranded, down (GPU state); queue (jobs).
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      series_id INTEGER NOT NULL,
      name TEXT NOT NULL,
      tenant TEXT NOT NULL, -- Empty: all
      gpu_model TEXT NOT NULL, -- GPU model (served, states) or accepted models (offered, waiting); empty: all
      unit TEXT NOT NULL, -- Of the level: milliGPU or job
      PRIMARY KEY (replication_id, series_id),
      UNIQUE (replication_id, name, tenant, gpu_model)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE series_value (
      -- The integral of the level over each bucket. Bucket b starts at measured_from_ns + b x bucket_ns; the last may be shorter.
      replication_id INTEGER NOT NULL,
      series_id INTEGER NOT NULL,
      bucket INTEGER NOT NULL CHECK (bucket >= 0),
      unit_s INTEGER NOT NULL CHECK (unit_s >= 0), -- Whole unit x seconds
      unit_ns INTEGER NOT NULL CHECK (unit_ns BETWEEN 0 AND 999999999), -- The rest, unit x nanoseconds
      PRIMARY KEY (replication_id, series_id, bucket),
      FOREIGN KEY (replication_id, series_id) REFERENCES series (replication_id, series_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE metric (
      -- One figure a row, tidy. A figure without a value (no job started) has no row.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      position INTEGER NOT NULL, -- The order in which metrics are told
      name TEXT NOT NULL,
      scope TEXT NOT NULL, -- fleet, model:NAME, class:NAME, tenant:NAME or size:NAME
      unit TEXT NOT NULL,
      value REAL NOT NULL,
      PRIMARY KEY (replication_id, position),
      UNIQUE (replication_id, name, scope)
    ) STRICT, WITHOUT ROWID;
    """
}
