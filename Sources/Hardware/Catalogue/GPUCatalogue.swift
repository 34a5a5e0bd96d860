/// The GPU boards that the program knows, and those a scenario adds.
///
/// A new board is one value in `Models/` and, for a new family, one line of
/// ``builtin``.
public struct GPUCatalogue: Hashable, Sendable {
  /// The boards that ship with the program, by family, newest first.
  public static let builtin = GPUCatalogue(
    builtinModels: GPUModel.blackwell
      + GPUModel.h200
      + GPUModel.h100
      + GPUModel.ada
      + GPUModel.a100
      + GPUModel.ampereInference
      + GPUModel.t4
      + GPUModel.v100
  )

  /// The shipped boards.
  public static var all: [GPUModel] { builtin.models }

  /// In listing order.
  public private(set) var models: [GPUModel]

  private init(builtinModels: [GPUModel]) { models = builtinModels }

  /// The board with this id, name or alias, whatever the case.
  ///
  /// - Complexity: O(boards).
  public func model(named name: String) -> GPUModel? {
    let wanted = name.lowercased()
    return models.first { $0.callNames.contains { $0.lowercased() == wanted } }
  }

  /// Ids and aliases that resemble the name, nearest first.
  public func suggestions(for name: String) -> [String] {
    Suggestion.nearest(to: name, among: models.flatMap(\.callNames))
  }

  /// Adds a board, or replaces the one with the same id.
  ///
  /// Returns the name that already belongs to another board, when there is
  /// one; then nothing changes.
  public mutating func define(_ model: GPUModel) -> String? {
    for name in model.callNames {
      if let other = self.model(named: name), other.id != model.id { return name }
    }
    if let index = models.firstIndex(where: { $0.id == model.id }) {
      models[index] = model
    } else {
      models.append(model)
    }
    return nil
  }
}

extension GPUModel {
  /// Everything by which it may be called.
  var callNames: [String] { [id, name] + aliases }
}
