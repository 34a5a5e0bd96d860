import CGLPK

/// A linear programme over non-negative variables, maximised by GLPK: the same
/// programme gives the same solution.
final class LinearProgram {
  private let problem: OpaquePointer

  /// - Parameter variables: at least 1, all of them 0 or more.
  init(variables: Int) {
    glp_term_out(GLP_OFF)
    problem = glp_create_prob()!
    glp_set_obj_dir(problem, GLP_MAX)
    glp_add_cols(problem, Int32(variables))
    for column in 1...Int32(variables) { glp_set_col_bnds(problem, column, GLP_LO, 0, 0) }
  }

  deinit { glp_delete_prob(problem) }

  /// What is maximised; variables not named count nothing.
  func maximise(_ terms: [(variable: Int, factor: Double)]) {
    for term in terms { glp_set_obj_coef(problem, Int32(term.variable + 1), term.factor) }
  }

  /// The sum of the terms is at least `bound`.
  func require(_ terms: [(variable: Int, factor: Double)], atLeast bound: Double) {
    add(terms, GLP_LO, bound)
  }

  /// The sum of the terms is at most `bound`.
  func require(_ terms: [(variable: Int, factor: Double)], atMost bound: Double) {
    add(terms, GLP_UP, bound)
  }

  private func add(_ terms: [(variable: Int, factor: Double)], _ kind: Int32, _ bound: Double) {
    let row = glp_add_rows(problem, 1)
    glp_set_row_bnds(problem, row, kind, bound, bound)
    // GLPK counts from 1: place 0 of both is not read.
    let columns = [Int32(0)] + terms.map { Int32($0.variable + 1) }
    let factors = [0.0] + terms.map(\.factor)
    glp_set_mat_row(problem, row, Int32(terms.count), columns, factors)
  }

  /// The first variables of a best solution, to about 1e-8, by the
  /// interior-point method; nil when it finds none.
  ///
  /// Of many best solutions it comes near the middle, where no variable is
  /// zero without need.
  func middle(count: Int) -> [Double]? {
    var parameters = glp_iptcp()
    glp_init_iptcp(&parameters)
    parameters.msg_lev = GLP_MSG_OFF
    guard glp_interior(problem, &parameters) == 0, glp_ipt_status(problem) == GLP_OPT else { return nil }
    return (1...Int32(count)).map { glp_ipt_col_prim(problem, $0) }
  }

  /// The same by the primal simplex: exact, and a corner.
  func corner(count: Int) -> [Double]? {
    var parameters = glp_smcp()
    glp_init_smcp(&parameters)
    parameters.msg_lev = GLP_MSG_OFF
    parameters.presolve = GLP_OFF
    guard glp_simplex(problem, &parameters) == 0, glp_get_status(problem) == GLP_OPT else { return nil }
    return (1...Int32(count)).map { glp_get_col_prim(problem, $0) }
  }
}

extension RoundDemand {
  /// A programme whose first variables are the shares, job by job and model by
  /// model: no job has more than all its time, no model gives more GPUs than
  /// it has.
  func programme(extraVariables: Int = 0) -> LinearProgram {
    let models = gpus.count
    let programme = LinearProgram(variables: jobs.count * models + extraVariables)
    for job in jobs.indices {
      programme.require((0..<models).map { (job * models + $0, 1) }, atMost: 1)
    }
    for model in 0..<models {
      programme.require(jobs.indices.map { ($0 * models + model, jobs[$0].gpus) }, atMost: gpus[model])
    }
    return programme
  }

  /// The throughput of a job by its shares.
  func throughputTerms(_ job: Int, times factor: Double = 1) -> [(variable: Int, factor: Double)] {
    gpus.indices.map { (job * gpus.count + $0, factor * jobs[job].throughput[$0]) }
  }

  /// Shares under which every job has at least so many steps per second, if
  /// there are any.
  func shares(reaching rates: [Double]) -> [[Double]]? {
    let programme = programme()
    for job in jobs.indices { programme.require(throughputTerms(job), atLeast: rates[job]) }
    return programme.middle(count: jobs.count * gpus.count).map(rows)
  }

  /// The shares of a solution, by job and model, in millionths: so equal jobs
  /// have equal shares in spite of the solver's last digits. None is quite
  /// zero, as the published tool's solver leaves it: a job that needs nothing
  /// of a model may still use what is idle of it.
  func rows(_ solution: [Double]) -> [[Double]] {
    jobs.indices.map { job in
      gpus.indices.map { model in
        let share = (solution[job * gpus.count + model] * 1e6).rounded(.toNearestOrEven) / 1e6
        return min(1, max(1e-7, share))
      }
    }
  }
}
