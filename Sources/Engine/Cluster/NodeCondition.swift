/// Why a node takes no work.
enum NodeCondition: UInt8 {
  case up = 0
  /// Has not joined yet, or has left: not part of capacity.
  case absent = 1
  case fault = 2
  case maintenance = 3
  /// What runs goes on, nothing new comes.
  case draining = 4
  /// Is being laid out anew.
  case changing = 5
  /// What runs goes on until the node is laid out anew.
  case clearing = 6
}
