/// Of several TCO studies of a run the latest counts; one of the notebook's
/// replication goes before those of others.
extension NotebookQuery {
  private static let study = """
    WITH study AS (
      SELECT id, replication, years, cost_of_capital
      FROM tco_study
      WHERE run_id = :run
      ORDER BY replication = :replication DESC, id DESC
      LIMIT 1
    )
    """

  static let tcoOptionsSQL = """
    \(study)
    SELECT
      s.id AS study, s.replication AS study_replication, s.years, s.cost_of_capital,
      o.option_id, o.name AS option, o.service,
      o.served_gpu_h_year, o.unserved_gpu_h_year, o.waiting_gpu_h_year,
      o.present_cost_usd, o.annual_cost_usd
    FROM study s
    JOIN tco_option o ON o.study_id = s.id
    ORDER BY o.option_id
    """

  static let cashFlowSQL = """
    \(study)
    SELECT o.option_id, o.name AS option, c.year, c.micro_usd / 1e6 AS usd
    FROM study s
    JOIN tco_option o ON o.study_id = s.id
    JOIN cash_flow c ON c.study_id = s.id AND c.option_id = o.option_id
    ORDER BY o.option_id, c.year
    """

  static let costLinesSQL = """
    \(study)
    SELECT o.option_id, o.name AS option, l.line, sum(l.micro_usd) / 1e6 AS usd
    FROM study s
    JOIN tco_option o ON o.study_id = s.id
    JOIN cost_line l ON l.study_id = s.id AND l.option_id = o.option_id
    GROUP BY o.option_id, o.name, l.line
    ORDER BY o.option_id, l.line
    """

  static let tornadoSQL = """
    \(study)
    SELECT
      b.place, b.parameter, b.low, b.high, b.worth_at_low_usd, b.worth_at_high_usd, b.worth_usd, b.against
    FROM study s
    JOIN tco_bar b ON b.study_id = s.id
    ORDER BY b.place
    """
}
