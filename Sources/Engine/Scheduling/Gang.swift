import Workload

/// How the workers of a shape are laid on nodes.
struct Gang: BitwiseCopyable {
  var wish: PlacementWish
  var workers: Int32
  /// Whether the empty fleet could hold all workers as wished.
  var isPossible: Bool
  /// The shape of the narrower wish that is tried first, or -1.
  var narrower: Int32 = -1
  /// Consolidated: pieces that use a whole node, workers in each, and their
  /// request's number.
  var fullPieces: Int32 = 0
  var perNode: Int32 = 0
  var fullShape: Int32 = -1
  /// Workers that lie together beside them (one node: all), and the number of
  /// their request.
  var remainder: Int32 = 0
  var remainderShape: Int32 = -1

  /// A gang as if its models, or its constraints, excluded no node: asked
  /// whether it would fit.
  struct Unbound: BitwiseCopyable {
    var anyModel: Gang
    var anyConstraint: Gang
  }

  /// - Parameters:
  ///   - machines: the kinds of machine of the fleet.
  ///   - firstPieceShape: the number of the first request in `pieces`.
  ///   - pieces: gets the requests of this gang's pieces.
  init(
    _ worker: Request,
    _ wish: PlacementWish,
    isPossible: Bool,
    machines: [MachineKind],
    firstPieceShape: Int,
    pieces: inout [Request]
  ) {
    self.wish = wish
    self.isPossible = isPossible
    workers = worker.workers
    guard isPossible, workers > 1, wish == .oneNode || wish == .consolidated else { return }
    perNode = machines.reduce(0) { max($0, $1.workers(worker)) }
    fullPieces = wish == .oneNode ? 0 : workers / perNode
    remainder = workers - fullPieces * perNode
    // Workers that share a GPU are laid one by one on the node chosen.
    if worker.isShared { return }
    if fullPieces > 0 {
      fullShape = Int32(firstPieceShape + pieces.count)
      pieces.append(worker.merged(perNode))
    }
    if remainder > 0 {
      remainderShape = Int32(firstPieceShape + pieces.count)
      pieces.append(worker.merged(remainder))
    }
  }

  /// Whether the empty fleet could hold all workers as wished, but for wishes
  /// for one group of nodes, see ``Topology``.
  static func isPossible(
    _ worker: Request,
    _ wish: PlacementWish,
    _ machines: [(kind: MachineKind, count: Int64)]
  ) -> Bool {
    let workers = worker.workers
    let most = machines.reduce(0) { max($0, $1.kind.workers(worker)) }
    guard most > 0 else { return false }
    switch wish {
    case .oneNode: return most >= workers
    case .anywhere, .nvlinkDomain, .rack:
      var room: Int64 = 0
      for machine in machines { room += Int64(min(machine.kind.workers(worker), workers)) * machine.count }
      return room >= Int64(workers)
    case .consolidated:
      let full = Int64(workers / most)
      let remainder = workers % most
      var wholeNodes: Int64 = 0
      var partNodes: Int64 = 0
      for machine in machines {
        if machine.kind.workers(worker) >= most { wholeNodes += machine.count }
        if machine.kind.workers(worker) >= max(remainder, 1) { partNodes += machine.count }
      }
      return wholeNodes >= full && (remainder == 0 || partNodes > full)
    }
  }

  /// Groups of workers that must share a node each.
  var groupCount: Int32 { fullPieces + (remainder > 0 ? 1 : 0) }

  /// Workers of a group: full ones come first.
  func workers(ofGroup group: Int32) -> Int32 { group < fullPieces ? perNode : remainder }

  /// The smallest piece: nothing has changed for the gang while no freed node
  /// can hold it.
  func probe(_ worker: Request, _ requests: [Request]) -> Request {
    guard workers > 1 else { return worker }
    if remainderShape >= 0 { return requests[Int(remainderShape)] }
    if fullShape >= 0 { return requests[Int(fullShape)] }
    return worker
  }
}
