extension Schema {
  /// Version 3: what jobs ask of the inside of a GPU, and the MIG instances
  /// that they get. Runs of older versions have no rows.
  static let version3Tables = """
    CREATE TABLE shape_device (
      -- What jobs of a shape ask of the inside of one GPU; shapes that ask nothing have no row.
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      shape_id INTEGER NOT NULL,
      mig_profile TEXT NOT NULL, -- A MIG profile by name; empty: the smallest that serves memory and compute
      gpu_memory_mib INTEGER NOT NULL CHECK (gpu_memory_mib >= 0), -- MiB of GPU memory; 0: nothing said
      compute_milli INTEGER NOT NULL CHECK (compute_milli BETWEEN 0 AND 1000), -- Thousandths of the multiprocessors; 0: nothing said
      fill_milli INTEGER NOT NULL CHECK (fill_milli BETWEEN 1 AND 1000), -- Thousandths of the GPU that its kernels fill
      kernels TEXT NOT NULL CHECK (kernels IN ('large', 'bandwidth', 'small')), -- How they load it
      isolation TEXT NOT NULL CHECK (isolation IN ('none', 'mig', 'gpu', 'node')), -- From whom it wants to be kept apart
      PRIMARY KEY (run_id, shape_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE job_instance (
      -- The MIG instance on which a job last ran; jobs on whole GPUs and runs without MIG have no rows.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      job_id INTEGER NOT NULL,
      profile TEXT NOT NULL, -- As nvidia-smi writes it
      start_slot INTEGER NOT NULL CHECK (start_slot BETWEEN 0 AND 15), -- First memory slot
      PRIMARY KEY (replication_id, job_id)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW instance_view AS
      -- Jobs and the MIG instances on which they last ran, with names.
      SELECT
        j.run_id, j.replication, j.job_id, j.job, j.tenant, j.class, j.state, j.node, j.gpu_mask,
        i.profile, i.start_slot, d.mig_profile AS asked_profile, d.gpu_memory_mib AS asked_memory_mib,
        d.compute_milli / 1000.0 AS asked_compute, d.isolation
      FROM job_instance i
      JOIN replication p ON p.id = i.replication_id
      JOIN job k ON k.replication_id = i.replication_id AND k.job_id = i.job_id
      JOIN job_view j ON j.run_id = p.run_id AND j.replication = p.number AND j.job_id = i.job_id
      LEFT JOIN shape_device d ON d.run_id = p.run_id AND d.shape_id = k.shape_id;
    """
}
