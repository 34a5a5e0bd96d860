import CGLPK

/// An integer programme over non-negative variables, minimised by GLPK's
/// branch and cut: the same programme gives the same solution.
final class IntegerProgram {
  private let problem: OpaquePointer
  private let count: Int

  /// - Parameter variables: at least 1, all of them 0 or more.
  init(variables: Int) {
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
  func minimise(_ terms: [(variable: Int, factor: Int)]) {
    for column in 1...Int32(count) { glp_set_obj_coef(problem, column, 0) }
    for term in terms { glp_set_obj_coef(problem, Int32(term.variable + 1), Double(term.factor)) }
  }

  /// The sum of the terms is at least `bound`.
  func require(_ terms: [(variable: Int, factor: Int)], atLeast bound: Int) { add(terms, GLP_LO, bound) }

  /// The sum of the terms is at most `bound`.
  func require(_ terms: [(variable: Int, factor: Int)], atMost bound: Int) { add(terms, GLP_UP, bound) }

  private func add(_ terms: [(variable: Int, factor: Int)], _ kind: Int32, _ bound: Int) {
    let row = glp_add_rows(problem, 1)
    glp_set_row_bnds(problem, row, kind, Double(bound), Double(bound))
    // GLPK counts from 1: place 0 of both is not read.
    let columns = [Int32(0)] + terms.map { Int32($0.variable + 1) }
    let factors = [0.0] + terms.map { Double($0.factor) }
    glp_set_mat_row(problem, row, Int32(terms.count), columns, factors)
  }

  /// The variables of a best solution; nil: there is none.
  func solve() -> [Int]? {
    var parameters = glp_iocp()
    glp_init_iocp(&parameters)
    parameters.msg_lev = GLP_MSG_OFF
    parameters.presolve = GLP_ON
    guard glp_intopt(problem, &parameters) == 0, glp_mip_status(problem) == GLP_OPT else { return nil }
    return (1...Int32(count)).map { Int(glp_mip_col_val(problem, $0).rounded()) }
  }
}
