/// By which key an index keeps its nodes; the first that fits wins.
enum NodeOrder {
  /// Least free CPU and GPU, each relative to the largest machine (best fit).
  case leastFree
  /// Most free (worst fit).
  case mostFree
  /// The tie-break's rank alone (first fit).
  case rank
}
