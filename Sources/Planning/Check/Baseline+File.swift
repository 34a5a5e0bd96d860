import Foundation

/// A baseline that cannot be compared with.
public enum BaselineError: Error, Hashable, Sendable, CustomStringConvertible {
  case missing(path: String, suite: String)
  /// Made for other inputs: one sentence a cell.
  case otherInputs(path: String, suite: String, cells: [String])
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)

  public var description: String {
    switch self {
    case .missing(let path, let suite):
      "\(path): no such baseline; `headroom check \(suite) --update` makes it"
    case .otherInputs(let path, let suite, let cells):
      (cells.map { "\(path): \($0)" } + [
        "the baseline was made for other inputs; `headroom check \(suite) --update` makes it anew"
      ]).joined(separator: "\n")
    case .unreadable(let path, let reason): "\(path): is no baseline; \(reason)"
    case .unwritable(let path, let reason): "\(path): cannot be written; \(reason)"
    }
  }
}

extension Baseline {
  /// Reads a baseline.
  ///
  /// - Parameter suite: the suite's file, for the message.
  public static func read(path: String, suite: String) throws(BaselineError) -> Baseline {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path: path, suite: suite) }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path, reason: "it cannot be read")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let baseline = try? decoder.decode(Baseline.self, from: data) else {
      throw .unreadable(path: path, reason: "it is not JSON of the form \(Baseline.format)")
    }
    guard baseline.format == Baseline.format else {
      throw .unreadable(path: path, reason: "found '\(baseline.format)'; accepted: \(Baseline.format)")
    }
    return baseline
  }

  /// Writes the baseline: whole or not at all, the same bytes each time.
  public func write(to path: String) throws(BaselineError) {
    let url = URL(fileURLWithPath: path)
    do {
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(text().utf8).write(to: url, options: .atomic)
    } catch {
      throw .unwritable(path: path, reason: error.localizedDescription)
    }
  }

  /// JSON with one line a figure, so that a changed figure is a changed line.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    func json(_ value: some Encodable) throws -> String {
      String(decoding: try encoder.encode(value), as: UTF8.self)
    }
    let cells = try cells.map { cell in
      let figures = try cell.figures.map { "        " + (try json($0)) }
      return """
            {
              "name": \(try json(cell.name)),
              "scenario": \(try json(cell.scenario)),
              "policy": \(try json(cell.policy)),
              "inputs": \(try json(cell.inputs)),
              "figures": [
        \(figures.joined(separator: ",\n"))
              ]
            }
        """
    }
    return """
      {
        "format": \(try json(format)),
        "suite": \(try json(suite)),
        "tool_version": \(try json(toolVersion)),
        "cells": [
      \(cells.joined(separator: ",\n"))
        ]
      }

      """
  }
}
