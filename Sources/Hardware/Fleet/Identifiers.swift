/// The position of a node in its fleet, in the order of the fleet's list.
@frozen
public struct NodeID: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// 0-based index into ``Fleet/nodes``.
  public var rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  @inlinable
  public static func < (a: NodeID, b: NodeID) -> Bool { a.rawValue < b.rawValue }

  /// The identifier of no node.
  public static let none = NodeID(rawValue: -1)
}

/// The position of a GPU model's name in its fleet's list of models.
///
/// Models are an open vocabulary: a fleet may hold models that no catalogue
/// knows (traces mask them); such a model has capacity only.
@frozen
public struct GPUModelID: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// 0-based index into ``Fleet/gpuModels``.
  public var rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  @inlinable
  public static func < (a: GPUModelID, b: GPUModelID) -> Bool { a.rawValue < b.rawValue }
}
