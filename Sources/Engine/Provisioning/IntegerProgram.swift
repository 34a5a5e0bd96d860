import CGLPK

/// An integer programme over non-negative variables, minimised by GLPK's
/// branch and cut: the same programme gives the same solution.
package final class IntegerProgram {
  private let problem: OpaquePointer
  private let count: Int

  /// - Parameter variables: at least 1, all of them 0 or more.
  package init(variables: Int) {
    glp_term_out(GLP_OFF)
    count = variables
    problem = glp_create_prob()!
    glp_set_obj_dir(problem, GLP_MIN)
    glp_add_cols(problem, Int32(variables))
    for column in 1...Int32(variables) {
      glp_set_col_kind(problem, column, GLP_IV)
      glp_set_col_bnds(problem, column, GLP_LO, 0, 0)
    }
  }

  deinit { glp_delete_prob(problem) }

  /// What is minimised; variables not named count nothing.
  package func minimise(_ terms: [(variable: Int, factor: Int)]) {
    for column in 1...Int32(count) { glp_set_obj_coef(problem, column, 0) }
    for term in terms { glp_set_obj_coef(problem, Int32(term.variable + 1), Double(term.factor)) }
  }

  /// The sum of the terms is at least `bound`.
  package func require(_ terms: [(variable: Int, factor: Int)], atLeast bound: Int) {
    add(terms, GLP_LO, bound)
  }

  /// The sum of the terms is at most `bound`.
  package func require(_ terms: [(variable: Int, factor: Int)], atMost bound: Int) {
    add(terms, GLP_UP, bound)
  }

  private func add(_ terms: [(variable: Int, factor: Int)], _ kind: Int32, _ bound: Int) {
    let row = glp_add_rows(problem, 1)
    glp_set_row_bnds(problem, row, kind, Double(bound), Double(bound))
    // GLPK counts from 1: place 0 of both is not read.
    let columns = [Int32(0)] + terms.map { Int32($0.variable + 1) }
    let factors = [0.0] + terms.map { Double($0.factor) }
    glp_set_mat_row(problem, row, Int32(terms.count), columns, factors)
  }

  /// The variables of a best solution; nil: there is none, or it was not found.
  ///
  /// - Parameter branches: the search gives up after so many subproblems, a
  ///   bound that is the same on every machine, as one of time would not be.
  package func solve(branches: Int? = nil) -> [Int]? {
    var parameters = glp_iocp()
    glp_init_iocp(&parameters)
    parameters.msg_lev = GLP_MSG_OFF
    parameters.presolve = GLP_ON
    var limit = Int32(clamping: branches ?? Int(Int32.max))
    let isFinished = withUnsafeMutablePointer(to: &limit) { limit in
      parameters.cb_info = UnsafeMutableRawPointer(limit)
      parameters.cb_func = { tree, info in
        var active: Int32 = 0
        var current: Int32 = 0
        var total: Int32 = 0
        glp_ios_tree_size(tree, &active, &current, &total)
        if total > info!.load(as: Int32.self) { glp_ios_terminate(tree) }
      }
      return glp_intopt(problem, &parameters) == 0
    }
    guard isFinished, glp_mip_status(problem) == GLP_OPT else { return nil }
    return (1...Int32(count)).map { Int(glp_mip_col_val(problem, $0).rounded()) }
  }
}
