extension Schema {
  /// Version 4: what stored runs were found to cost.
  static let version4Tables = """
    CREATE TABLE tco_study (
      -- A run priced once, by `headroom tco RUN --save`.
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
      replication INTEGER NOT NULL CHECK (replication >= 0), -- 0-based
      years INTEGER NOT NULL CHECK (years >= 1), -- That the run stands for
      cost_of_capital REAL NOT NULL, -- A year
      offered_gpu_h_year REAL NOT NULL, -- GPU-hours asked for in a year
      assumptions TEXT NOT NULL -- JSON: every parameter and price with its source
    ) STRICT;

    CREATE TABLE tco_option (
      -- One way of meeting the run's demand.
      study_id INTEGER NOT NULL REFERENCES tco_study (id) ON DELETE CASCADE,
      option_id INTEGER NOT NULL, -- In the order asked for
      name TEXT NOT NULL,
      service TEXT NOT NULL, -- What the jobs get: immediate, as simulated, interruptible
      served_gpu_h_year REAL NOT NULL, -- GPU-hours
      unserved_gpu_h_year REAL NOT NULL, -- GPU-hours offered less held
      waiting_gpu_h_year REAL NOT NULL, -- GPU-hours asked by waiting jobs
      present_cost_usd REAL NOT NULL, -- All years, at the start
      annual_cost_usd REAL NOT NULL, -- The same as a level amount a year
      PRIMARY KEY (study_id, option_id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE cost_line (
      -- What an option pays, by year and line; income is negative.
      study_id INTEGER NOT NULL,
      option_id INTEGER NOT NULL,
      year INTEGER NOT NULL CHECK (year >= 0), -- 0: the start; payments of year n fall on its end
      line TEXT NOT NULL, -- As purchase, power, staff, on demand, residual
      micro_usd INTEGER NOT NULL, -- Millionths of a dollar, each line rounded once
      PRIMARY KEY (study_id, option_id, year, line),
      FOREIGN KEY (study_id, option_id) REFERENCES tco_option (study_id, option_id) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tco_bar (
      -- The tornado: how far each parameter alone moves the worth of the first option against the cheapest other one.
      study_id INTEGER NOT NULL REFERENCES tco_study (id) ON DELETE CASCADE,
      place INTEGER NOT NULL, -- Widest first
      parameter TEXT NOT NULL,
      low REAL NOT NULL,
      high REAL NOT NULL,
      worth_at_low_usd REAL NOT NULL, -- Net present value
      worth_at_high_usd REAL NOT NULL,
      worth_usd REAL NOT NULL, -- With everything typical
      against TEXT NOT NULL, -- Name of the other option
      PRIMARY KEY (study_id, place)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE charge_line (
      -- The bill of the first option over the measured time, by tenant; adds up to the cent.
      study_id INTEGER NOT NULL REFERENCES tco_study (id) ON DELETE CASCADE,
      tenant TEXT NOT NULL, -- Empty: idle capacity that nobody pays for
      cents INTEGER NOT NULL CHECK (cents >= 0),
      idle_cents INTEGER NOT NULL CHECK (idle_cents BETWEEN 0 AND cents), -- Its part of the idle capacity
      PRIMARY KEY (study_id, tenant)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW cash_flow AS
      -- Flows of an option by year: costs are negative.
      SELECT study_id, option_id, year, -sum(micro_usd) AS micro_usd
      FROM cost_line GROUP BY study_id, option_id, year;

    CREATE VIEW tco_view AS
      -- Options of all studies, with the run's name.
      SELECT
        s.id AS study_id, s.run_id, r.name AS run, r.policy, s.replication, s.years, o.option_id, o.name AS option,
        o.service, o.present_cost_usd, o.annual_cost_usd,
        iif(o.served_gpu_h_year > 0, o.annual_cost_usd / o.served_gpu_h_year, NULL) AS usd_per_gpu_h,
        o.unserved_gpu_h_year, o.waiting_gpu_h_year
      FROM tco_option o JOIN tco_study s ON s.id = o.study_id JOIN run r ON r.id = s.run_id;
    """
}
