/// The position of a job in its ``JobTable``: arrival order.
@frozen
public struct JobID: Hashable, Comparable, Sendable, BitwiseCopyable {
  public var rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  @inlinable
  public static func < (a: JobID, b: JobID) -> Bool { a.rawValue < b.rawValue }
}

/// The position of a tenant's name in ``JobTable/tenants``.
@frozen
public struct TenantID: Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// The position of a job class's name in ``JobTable/classes``.
@frozen
public struct JobClassID: Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }
}

/// The position of a request in ``JobTable/shapes``.
@frozen
public struct ShapeID: Hashable, Sendable, BitwiseCopyable {
  public var rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }
}

/// The position of a set of accepted GPU models in ``JobTable/modelSets``.
@frozen
public struct ModelSetID: Hashable, Sendable, BitwiseCopyable {
  public var rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// The set that accepts every model: always at index 0.
  public static let any = ModelSetID(rawValue: 0)
}

/// The position of a job's constraints in ``JobTable/constraints``.
@frozen
public struct ConstraintsID: Hashable, Sendable, BitwiseCopyable {
  public var rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// No constraints: always at index 0.
  public static let none = ConstraintsID(rawValue: 0)
}
