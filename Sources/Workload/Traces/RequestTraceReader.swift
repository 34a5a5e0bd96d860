import Foundation
import SimulationKernel

/// What of a request is counted.
public enum RequestMeasure: String, Hashable, Sendable, CaseIterable {
  case requests
  case promptTokens
  case outputTokens
  /// Prompt and output.
  case tokens
}

/// One request of a trace.
public struct TracedRequest: Hashable, Sendable {
  /// Since the start of the trace.
  public var seconds: Double
  public var promptTokens: Int64
  public var outputTokens: Int64

  public init(seconds: Double, promptTokens: Int64, outputTokens: Int64) {
    self.seconds = seconds
    self.promptTokens = promptTokens
    self.outputTokens = outputTokens
  }

  func amount(_ measure: RequestMeasure) -> Int64 {
    switch measure {
    case .requests: 1
    case .promptTokens: promptTokens
    case .outputTokens: outputTokens
    case .tokens: promptTokens + outputTokens
    }
  }
}

/// Reads traces of requests to language models.
public enum RequestTraceReader: String, CaseIterable, Sendable {
  /// CSV with the columns `arrival_s`, `prompt_tokens` and `output_tokens`: the
  /// Azure LLM inference traces of 2023 (Patel et al., "Splitwise", ISCA 2024)
  /// with times in seconds.
  case azureLLM = "azure-llm"
  /// JSON lines with `timestamp` (ms), `input_length` and `output_length`: the
  /// traces of Mooncake (Qin et al., FAST 2025).
  case mooncake

  /// More tokens than this in one request are a slip: a thousand times the
  /// longest context of a published model.
  private static let mostTokens: Int64 = 1_000_000_000

  /// All requests, in the order of the file.
  public func read(path: String) throws(TraceError) -> [TracedRequest] {
    switch self {
    case .azureLLM: try Self.readColumns(path)
    case .mooncake: try Self.readLines(path)
    }
  }

  private static func readColumns(_ path: String) throws(TraceError) -> [TracedRequest] {
    let columns = ["arrival_s", "prompt_tokens", "output_tokens"]
    var reader = try CSVReader(path: path, expecting: columns)
    let arrival = try reader.column(columns[0])
    let prompt = try reader.column(columns[1])
    let output = try reader.column(columns[2])
    var requests: [TracedRequest] = []
    while try reader.next() {
      requests.append(
        TracedRequest(
          seconds: try seconds(arrival, of: reader),
          promptTokens: try reader.integer(prompt, in: 0...mostTokens),
          outputTokens: try reader.integer(output, in: 0...mostTokens)
        )
      )
    }
    return requests
  }

  /// Times as they were printed from floating-point numbers, with any number
  /// of decimals.
  private static func seconds(_ field: Int, of reader: CSVReader) throws(TraceError) -> Double {
    let text = try reader.nonEmptyText(field)
    let accepted = "seconds from 0 to \(SimTime.latest.seconds)"
    let name = reader.header[field]
    guard let seconds = Double(text), seconds.isFinite else {
      throw reader.error(at: field, .notANumber(column: name, found: text, accepted: accepted))
    }
    guard (0...SimTime.latest.seconds).contains(seconds) else {
      throw reader.error(at: field, .outOfRange(column: name, found: text, accepted: accepted))
    }
    return seconds
  }

  private struct Line: Decodable {
    var timestamp: Double
    var inputLength: Int64
    var outputLength: Int64
  }

  private static func readLines(_ path: String) throws(TraceError) -> [TracedRequest] {
    let accepted = "{\"timestamp\": ms, \"input_length\": tokens, \"output_length\": tokens}"
    let bytes = try FileBytes.read(path)
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var requests: [TracedRequest] = []
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    for (index, line) in lines.enumerated() where !line.isEmpty {
      guard let found = try? decoder.decode(Line.self, from: Data(line)),
        (0...SimTime.latest.seconds).contains(found.timestamp / 1000),
        (0...mostTokens).contains(found.inputLength), (0...mostTokens).contains(found.outputLength)
      else {
        let text = String(decoding: line.prefix(60), as: UTF8.self)
        throw TraceError(
          file: path,
          line: index + 1,
          column: 1,
          problem: .wrongRecord(found: text, accepted: accepted)
        )
      }
      requests.append(
        TracedRequest(
          seconds: found.timestamp / 1000,
          promptTokens: found.inputLength,
          outputTokens: found.outputLength
        )
      )
    }
    return requests
  }
}
