/// What the text of a scalar field may say.
enum ValueKind: Sendable {
  /// A word for a thing: letters, digits, `.`, `_`, `-`.
  case name
  /// Any text.
  case text
  case boolean
  case integer(ClosedRange<Int64>)
  /// A plain number from `minimum` (or above it) to `maximum`.
  case number(minimum: Double, exclusive: Bool, maximum: Double)
  /// A length of time; `positive`: more than nothing.
  case duration(positive: Bool)
  /// A length of time above nothing, or one of these words for one.
  case durationOrWord([String], noun: String)
  case memory
  /// An exact number of bytes.
  case size
  /// Bytes for each second.
  case bandwidth
  /// How often something happens, as `30/h`; 0 is allowed unless `positive`.
  case rate(positive: Bool)
  /// A share of a whole: `70%` or 0.7, up to `maximum` (1 = 100 %).
  case fraction(positive: Bool, maximum: Double)
  /// A number of things, or a share of them: `2` or `25%`.
  case countOrShare
  /// CPU cores: `12`, `0.5` or `500m`.
  case cpu
  /// GPUs: a whole number, or a part of one.
  case gpus
  /// One of a list of words; `noun` says what they name.
  case word([String], noun: String)
  /// A file, relative to the file that names it.
  case path
  /// The identifier of a GPU of the catalogue, of `gpus`, or of a trace.
  case gpuModel
  /// A key or a value of a node's label.
  case label
}

/// What a scalar means, in one unit a kind.
enum ScalarValue: Hashable, Sendable {
  case text(String)
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case nanoseconds(Int64)
  case mebibytes(Int64)
  case perSecond(Double)
  case fraction(Double)
  case milliCPU(Int64)
  case milliGPU(Int64)
}

/// Why a text is not a value of its kind.
struct ValueFault: Error {
  /// What is wrong with it.
  var problem: String
  /// How to write it; may be empty.
  var hint: String = ""
}

extension ValueKind {
  /// What the kind is called in tables.
  var title: String {
    switch self {
    case .name: "name"
    case .text: "text"
    case .boolean: "true or false"
    case .integer: "whole number"
    case .number: "number"
    case .duration: "time"
    case .durationOrWord(let words, _): (["time"] + words.map { "`\($0)`" }).joined(separator: " or ")
    case .memory: "memory"
    case .size: "size"
    case .bandwidth: "bandwidth"
    case .rate: "rate"
    case .fraction: "share"
    case .countOrShare: "whole number or share"
    case .cpu: "CPU cores"
    case .gpus: "GPUs"
    case .word: "word"
    case .path: "file"
    case .gpuModel: "GPU model"
    case .label: "label"
    }
  }

  /// What is accepted, after "accepted:" in an error.
  var accepted: String {
    switch self {
    case .name: "letters, digits, '.', '_' and '-', at most \(Self.longestName) of them"
    case .text: "a text"
    case .boolean: "true or false"
    case .integer(let range):
      if range.lowerBound == range.upperBound {
        String(range.lowerBound)
      } else {
        "a whole number from \(range.lowerBound)"
          + (range.upperBound == .max ? "" : " to \(range.upperBound)")
      }
    case .number(let minimum, let exclusive, let maximum):
      "a number " + (exclusive ? "above " : "from ") + Self.plain(minimum)
        + (maximum < .greatestFiniteMagnitude ? " to \(Self.plain(maximum))" : "")
    case .duration(let positive):
      "a time with its unit, such as 90s, 15m, 1.5h or 2w (\(Units.list(Units.time))), "
        + (positive ? "above 0 and " : "") + "at most 36 years"
    case .durationOrWord(let words, _):
      ValueKind.duration(positive: true).accepted + "; or " + words.joined(separator: ", ")
    case .memory: "a size with its unit, such as 80GiB or 512MiB, at most 1023 TiB"
    case .size: "a size with its unit, such as 20.2GB or 500GiB, of whole bytes, at most 8 EB"
    case .bandwidth:
      "a size for each second, such as 5GB/s or 10Gbit/s (\(Units.list(Units.bits))), of whole bytes above 0"
    case .rate: "a count for each time, such as 30/h or 2/s"
    case .fraction(let positive, let maximum):
      "a share " + (positive ? "above 0" : "from 0") + " to \(Self.plain(maximum * 100))%, "
        + "such as 70% or 0.7"
    case .countOrShare: "a whole number from 0 to 1000000, or a share from 0% to 100%, such as 25%"
    case .cpu: "cores, such as 12, 0.5 or 500m, at most 1000000"
    case .gpus: "a whole number of GPUs from 0 to 16, or a part of one in thousandths, such as 0.25"
    case .word(let words, _): words.joined(separator: ", ")
    case .path: "a file name"
    case .gpuModel: "a GPU model"
    case .label: "letters, digits, '.', '_', '-' and '/', at most \(Self.longestName) of them"
    }
  }

  static let longestName = 128

  /// A number without a needless point.
  static func plain(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : String(value)
  }
}
