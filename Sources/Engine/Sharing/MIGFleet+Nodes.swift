import Hardware

/// GPUs of nodes that come and go.
extension MIGFleet {
  /// The state of a GPU of which nothing is in use when the run begins.
  func idleState(_ device: Int) -> UInt16? { regionOf[device] < 0 ? nil : idle[device] }

  /// The state of a GPU that can be cut.
  func presentState(_ device: Int) -> UInt16? { regionOf[device] < 0 ? nil : state[device] }

  /// Whether a GPU in the state can be handed out whole; see
  /// ``NodeRoom/uncut``.
  func isWhole(_ state: UInt16) -> Bool {
    state == NodeRoom.uncut
      || state < NodeRoom.uncut && tables.slotMask(state) == 0 && !tables.isCut(state)
  }

  /// How the GPUs of a node like this are packed, where their layouts are still
  /// to be chosen; nil: their states say what they hold.
  func packing(of n: Int) -> MIGPacking? {
    regionOf[n * stride] < 0 ? nil : packings[Int(regions[Int(regionOf[n * stride])].kind)]
  }

  /// Whether the node gets its layouts when it is launched.
  func choosesLayouts(_ n: Int) -> Bool {
    regionOf[n * stride] >= 0 && isChosen[Int(regions[Int(regionOf[n * stride])].kind)]
  }

  /// The GPUs of a node on which nothing runs get the layouts that hold this,
  /// and then are of most use to the mix.
  ///
  /// - Precondition: some layouts hold it.
  func chooseLayouts(_ n: Int, gpus: Int, holding demand: MIGPacking.Counts) {
    layOut(n, packing(of: n)!.choose(demand, gpus: gpus)!, emptyStates)
  }

  /// The node has gone, and its layouts with it.
  func loseLayouts(_ n: Int, gpus: Int) {
    layOut(n, Array(repeating: 0, count: gpus), emptyStates)
  }
}
