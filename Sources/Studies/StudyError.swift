/// Why a study cannot be repeated with what was given; a message for people.
public struct StudyError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
