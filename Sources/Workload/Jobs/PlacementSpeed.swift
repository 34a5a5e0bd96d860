import Hardware

/// How fast a job runs by where its workers lie, relative to the speed at
/// which it would run for its duration.
public struct PlacementSpeed: Hashable, Sendable {
  /// Full speed, in the unit of ``subscript(_:_:)``.
  public static let full: Int64 = 1_000_000

  /// By span, then by fabric: millionths of full speed.
  private var millionths: [Int32]

  /// - Parameter factor: for each span and fabric, above 0 and at most 1;
  ///   rounded to millionths.
  public init(_ factor: (PlacementSpan, Fabric) -> Double) {
    millionths = PlacementSpan.allCases.flatMap { span in
      Fabric.allCases.map { fabric in
        Int32((min(max(factor(span, fabric), 0), 1) * Double(Self.full)).rounded())
      }
    }
  }

  /// Millionths of full speed when the workers lie in this span, joined by
  /// this fabric (the slowest of their nodes').
  public subscript(span: PlacementSpan, fabric: Fabric) -> Int64 {
    Int64(millionths[Int(span.rawValue) * Fabric.allCases.count + Int(fabric.rawValue)])
  }

  /// Full speed within a node and an NVLink domain; the rest by fabric.
  ///
  /// Measured: 0.6 for Ethernet across nodes, the mean over six applications of
  /// the time of a step on one node of 4 T4 over that on two nodes with 2 each
  /// (0.37 to 0.83; Pollux, OSDI 2021, artifact). Assumptions: all other
  /// factors, and that a rack on Ethernet is worth 0.8. They are placeholders
  /// for measurements of one's own.
  public static let byFabric = PlacementSpeed { span, fabric in
    switch (span, fabric) {
    case (.node, _), (.nvlinkDomain, _): 1
    case (.rack, .infiniband): 0.95
    case (.rack, .roce): 0.9
    case (.rack, .ethernet): 0.8
    case (.fleet, .infiniband): 0.9
    case (.fleet, .roce): 0.85
    case (.fleet, .ethernet): 0.6
    }
  }

  /// Why the factors are none, or nil.
  public var problem: String? {
    millionths.contains { $0 < 1 } ? "a speed must be above 0 and at most 1" : nil
  }
}
