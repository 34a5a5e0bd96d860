import GRDB
import Outcome

extension Schema {
  /// Version 5: the lives of nodes that come and go. Runs of older versions
  /// have no rows.
  ///
  /// A life takes 250 bytes in all, and 350 where nodes are consolidated (measured:
  /// 2,119 lives in a month on a fleet of up to 4,000 nodes are 2 % of the file). The
  /// node's numbers lead the keys, so that the rows of a life stand together and
  /// need no index.
  static let version5Tables = """
    CREATE TABLE node_purpose (
      -- The vocabulary of node_life.purpose: what a node was asked for.
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE -- initial, demand (jobs waited, or room is kept free), kept (a fixed number), replacement
    ) STRICT;

    CREATE TABLE life_stage (
      -- The vocabulary of node_stage.stage.
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;

    CREATE TABLE node_removal (
      -- The vocabulary of removals: why a node goes.
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      voluntary INTEGER NOT NULL CHECK (voluntary IN (0, 1)) -- 1: disruption budgets bind it
    ) STRICT;

    CREATE TABLE node_pool (
      -- Groups of nodes that come and go (`auto`).
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      pool_id INTEGER NOT NULL, -- In the order of the results
      name TEXT NOT NULL,
      gpus_per_node INTEGER NOT NULL CHECK (gpus_per_node >= 0),
      usd_per_hour REAL NOT NULL CHECK (usd_per_hour >= 0), -- For one node
      committed INTEGER NOT NULL CHECK (committed IN (0, 1)), -- 1: paid whether nodes exist or not (owned, reserved)
      PRIMARY KEY (run_id, pool_id),
      UNIQUE (run_id, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_life (
      -- Lives of nodes that come and go, over the whole run: from the request until the node is gone.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      life INTEGER NOT NULL CHECK (life >= 0), -- Which of the node's lives, from 0
      pool_id INTEGER NOT NULL, -- See node_pool
      purpose INTEGER NOT NULL, -- See node_purpose
      from_ns INTEGER NOT NULL CHECK (from_ns >= 0),
      to_ns INTEGER CHECK (to_ns >= from_ns), -- NULL: it exists when the run ends
      removal INTEGER, -- See node_removal; NULL: it does not go
      PRIMARY KEY (replication_id, node_id, life)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_stage (
      -- The stages of these lives; stages that took no time have no row.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      life INTEGER NOT NULL,
      part INTEGER NOT NULL CHECK (part >= 0), -- Position in the life
      stage INTEGER NOT NULL, -- See life_stage
      from_ns INTEGER NOT NULL CHECK (from_ns >= 0),
      to_ns INTEGER CHECK (to_ns > from_ns), -- NULL: it is in this stage when the run ends
      PRIMARY KEY (replication_id, node_id, life, part)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_disruption (
      -- Decisions that nodes go, and what comes in their place, as they were taken.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      disruption INTEGER NOT NULL CHECK (disruption >= 0), -- Position in the order of time
      at_ns INTEGER NOT NULL CHECK (at_ns >= 0),
      removal INTEGER NOT NULL, -- See node_removal
      usd_per_hour REAL NOT NULL, -- Of the chosen nodes; committed ones cost nothing
      replacement_usd_per_hour REAL NOT NULL, -- Of those that come
      PRIMARY KEY (replication_id, disruption)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE disrupted_node (
      -- The nodes of these decisions.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      node_id INTEGER NOT NULL,
      disruption INTEGER NOT NULL,
      comes INTEGER NOT NULL CHECK (comes IN (0, 1)), -- 0: it was chosen to go; 1: it was launched as a replacement
      PRIMARY KEY (replication_id, disruption, comes, node_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE node_eviction (
      -- Runs of jobs that were stopped because a node went, or failed.
      replication_id INTEGER NOT NULL REFERENCES replication (id) ON DELETE CASCADE,
      attempt INTEGER NOT NULL, -- See job_attempt
      node_id INTEGER NOT NULL, -- A gang may have lain on others too
      life INTEGER NOT NULL,
      removal INTEGER NOT NULL, -- See node_removal; unhealthy: it failed, whether it was mended or went
      disruption INTEGER, -- See node_disruption; NULL: nobody chose the node (expired, taken back, failed)
      PRIMARY KEY (replication_id, node_id, life, attempt)
    ) STRICT, WITHOUT ROWID;
    """

  /// Adds the words about nodes that the file does not have yet.
  static func insertNodeVocabularies(_ db: Database) throws {
    for purpose in NodeLife.Purpose.allCases {
      try db.execute(
        sql: "INSERT OR IGNORE INTO node_purpose VALUES (?, ?)",
        arguments: [purpose.rawValue, purpose.name]
      )
    }
    for stage in AutoNodeTotals.Stage.allCases {
      try db.execute(
        sql: "INSERT OR IGNORE INTO life_stage VALUES (?, ?)",
        arguments: [stage.rawValue, stage.name]
      )
    }
    for removal in NodeRemoval.allCases {
      try db.execute(
        sql: "INSERT OR IGNORE INTO node_removal VALUES (?, ?, ?)",
        arguments: [removal.rawValue, removal.name, removal.isVoluntary]
      )
    }
  }

  /// The views of these tables.
  static let version5Views = """
    CREATE VIEW node_life_view AS
      -- One row a life. usd: at the price of the pool; NULL where it is paid whether nodes exist or not.
      SELECT
        p.run_id, p.number AS replication, n.name AS node, o.name AS pool, l.life, w.name AS purpose,
        l.from_ns / 1e9 AS from_s,
        (SELECT min(s.from_ns) FROM node_stage s JOIN life_stage g ON g.id = s.stage
          WHERE s.replication_id = l.replication_id AND s.node_id = l.node_id AND s.life = l.life
            AND g.name = 'up') / 1e9 AS up_s,
        l.to_ns / 1e9 AS to_s, r.name AS removal,
        (coalesce(l.to_ns, p.end_ns) - l.from_ns) / 3.6e12 AS node_hours,
        iif(o.committed, NULL, (coalesce(l.to_ns, p.end_ns) - l.from_ns) / 3.6e12 * o.usd_per_hour) AS usd,
        (SELECT count(*) FROM node_eviction e
          WHERE e.replication_id = l.replication_id AND e.node_id = l.node_id AND e.life = l.life) AS stopped_runs
      FROM node_life l
      JOIN replication p ON p.id = l.replication_id
      JOIN node n ON n.run_id = p.run_id AND n.node_id = l.node_id
      JOIN node_pool o ON o.run_id = p.run_id AND o.pool_id = l.pool_id
      JOIN node_purpose w ON w.id = l.purpose
      LEFT JOIN node_removal r ON r.id = l.removal;

    CREATE VIEW node_stage_view AS
      -- One row a stage of a life.
      SELECT
        p.run_id, p.number AS replication, n.name AS node, s.life, s.part, g.name AS stage,
        s.from_ns / 1e9 AS from_s, s.to_ns / 1e9 AS to_s,
        (coalesce(s.to_ns, p.end_ns) - s.from_ns) / 3.6e12 AS node_hours
      FROM node_stage s
      JOIN replication p ON p.id = s.replication_id
      JOIN node n ON n.run_id = p.run_id AND n.node_id = s.node_id
      JOIN life_stage g ON g.id = s.stage;

    CREATE VIEW eviction_view AS
      -- One row a run of a job that was stopped because a node went. lost_gpu_hours: work to be done again.
      SELECT
        p.run_id, p.number AS replication, e.attempt, a.job_id,
        coalesce(m.name, p.job_name_prefix || a.job_id) AS job, n.name AS node, e.life, r.name AS removal,
        e.disruption, a.start_ns / 1e9 AS start_s, a.end_ns / 1e9 AS end_s,
        iif(j.kind = 1, 0, a.end_ns - a.start_ns - a.kept_ns - a.overhead_ns) / 1e9 AS lost_s,
        iif(j.kind = 1, 0, a.end_ns - a.start_ns - a.kept_ns - a.overhead_ns) / 3.6e12
          * s.gpu_count * s.milligpu_per_device * s.workers / 1000.0 AS lost_gpu_hours
      FROM node_eviction e
      JOIN replication p ON p.id = e.replication_id
      JOIN job_attempt a ON a.replication_id = e.replication_id AND a.attempt = e.attempt
      JOIN job j ON j.replication_id = e.replication_id AND j.job_id = a.job_id
      JOIN job_shape s ON s.run_id = p.run_id AND s.shape_id = j.shape_id
      JOIN node n ON n.run_id = p.run_id AND n.node_id = e.node_id
      JOIN node_removal r ON r.id = e.removal
      LEFT JOIN job_name m ON m.replication_id = e.replication_id AND m.job_id = a.job_id;

    CREATE VIEW disruption_view AS
      -- One row a decision that nodes go: which, what comes in their place, and what it stopped.
      SELECT
        p.run_id, p.number AS replication, d.disruption, d.at_ns / 1e9 AS at_s, r.name AS removal,
        (SELECT group_concat(name, ', ') FROM (
          SELECT n.name FROM disrupted_node x JOIN node n ON n.run_id = p.run_id AND n.node_id = x.node_id
          WHERE x.replication_id = d.replication_id AND x.disruption = d.disruption AND x.comes = 0
          ORDER BY x.node_id)) AS nodes,
        (SELECT group_concat(name, ', ') FROM (
          SELECT n.name FROM disrupted_node x JOIN node n ON n.run_id = p.run_id AND n.node_id = x.node_id
          WHERE x.replication_id = d.replication_id AND x.disruption = d.disruption AND x.comes = 1
          ORDER BY x.node_id)) AS replacements,
        d.usd_per_hour, d.replacement_usd_per_hour,
        (SELECT count(*) FROM disrupted_node x JOIN node_eviction e
            ON e.replication_id = x.replication_id AND e.node_id = x.node_id
          WHERE x.replication_id = d.replication_id AND x.disruption = d.disruption AND x.comes = 0
            AND e.disruption = d.disruption) AS stopped_runs
      FROM node_disruption d
      JOIN replication p ON p.id = d.replication_id
      JOIN node_removal r ON r.id = d.removal;
    """
}
