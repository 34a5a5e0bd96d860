/// How well a price or a cost is backed, best first.
public enum Evidence: String, Hashable, Sendable, CaseIterable {
  /// A primary or measured source was read: a price list, a filing, a survey.
  case primary
  /// A secondary page was read.
  case secondary
  /// An estimate or general knowledge: show it as an assumption.
  case estimate
  /// Given by the user.
  case stated
}
