import Testing
import Workload

@Suite("CSV reader")
struct CSVReaderTests {
  static func reader(_ text: String) throws(TraceError) -> CSVReader {
    try CSVReader(bytes: Array(text.utf8), path: "t.csv", expecting: ["a", "b"])
  }

  /// All rows as texts.
  static func rows(_ text: String) throws(TraceError) -> [[String]] {
    var reader = try reader(text)
    var rows: [[String]] = []
    while try reader.next() {
      var row: [String] = []
      for field in reader.header.indices { row.append(try reader.text(field)) }
      rows.append(row)
    }
    return rows
  }

  @Test(
    "accepts RFC 4180, a byte-order mark and CRLF",
    arguments: [
      ("a,b\n1,2\n3,4\n", [["1", "2"], ["3", "4"]]),
      ("a,b\r\n1,2\r\n", [["1", "2"]]),
      ("\u{FEFF}a,b\n1,2\n", [["1", "2"]]),
      ("a,b\n,\n", [["", ""]]),
      ("a,b\n\"1,5\",\"say \"\"hi\"\"\"\n", [["1,5", "say \"hi\""]]),
      ("a,b\n\"two\nlines\",x\n\"\",y\n", [["two\nlines", "x"], ["", "y"]]),
      ("\"a\",\"b\"\nü,é\n", [["ü", "é"]]),
      ("a,b\n", []),
    ]
  )
  func accepts(text: String, expected: [[String]]) throws {
    #expect(try Self.rows(text) == expected)
  }

  @Test(
    "refuses what is not, with the place",
    arguments: [
      ("", "t.csv: the file is empty; expected a header line with a,b"),
      ("\u{FEFF}", "t.csv: the file is empty; expected a header line with a,b"),
      ("a,b", "t.csv:1: the last row has no line end"),
      ("a,a\n1,2\n", "t.csv:1:3: the header names column `a` twice"),
      ("a,b\n1,2\n3,4", "t.csv:3: the last row has no line end"),
      ("a,b\n1,2\n3", "t.csv:3: the row has 1 field, the header has 2; the row is cut short"),
      ("a,b\n1\n", "t.csv:2: the row has 1 field, the header has 2"),
      ("a,b\n1,2,3\n", "t.csv:2: the row has 3 fields, the header has 2; put fields that hold commas"),
      ("a,b\n\n", "t.csv:2: the row has 1 field"),
      ("a,b\n1,\"2\n3,4\n", "t.csv:2:3: the quoted field that begins here never ends"),
      ("a,b\n1,x\"y\n", "t.csv:2:4: a double quote inside a field"),
      ("a,b\n\"1\"2,3\n", "t.csv:2:4: a double quote inside a field"),
      ("a,b\n1\r,2\n", "t.csv:2:2: a carriage return without a line feed"),
      ("a,b\n\"x\ny\",1\n1,2,3\n", "t.csv:4: the row has 3 fields"),
    ]
  )
  func refuses(text: String, message: String) {
    let error = #expect(throws: TraceError.self) { try Self.rows(text) }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test("text that is not UTF-8 is refused where it stands")
  func notUTF8() {
    let error = #expect(throws: TraceError.self) {
      var reader = try CSVReader(bytes: Array("a,b\nx,".utf8) + [0xFF, 0x0A], path: "t.csv")
      _ = try reader.next()
      _ = try reader.text(1)
    }
    #expect(error == TraceError(file: "t.csv", line: 2, column: 3, problem: .notUTF8))
  }

  @Test(
    "whole numbers are digits within the range",
    arguments: [
      ("0", 0), ("7", 7), ("2147483647", 2_147_483_647), ("007", 7), ("", nil), ("-1", nil), ("+1", nil),
      ("1.0", nil), ("1e3", nil), (" 1", nil), ("2147483648", nil), ("99999999999999999999999", nil),
      ("ten", nil),
    ] as [(String, Int32?)]
  )
  func wholeNumbers(text: String, value: Int32?) throws {
    var reader = try Self.reader("a,b\n\(text),\n")
    _ = try reader.next()
    let row = reader
    #expect((try? row.int32(0)) == value)
  }

  @Test(
    "priorities may be negative",
    arguments: [
      ("-5", -5), ("12", 12), ("-2147483648", .min), ("-2147483649", nil), ("-", nil), ("--1", nil),
    ] as [(String, Int32?)]
  )
  func signed(text: String, value: Int32?) throws {
    var reader = try Self.reader("a,b\n\(text),\n")
    _ = try reader.next()
    let row = reader
    #expect((try? row.signedInt32(0)) == value)
  }

  @Test(
    "seconds are exact to the nanosecond",
    arguments: [
      ("0", 0), ("1", 1_000_000_000), ("0.000000001", 1), ("1.5", 1_500_000_000),
      ("1152921504.606846975", 1_152_921_504_606_846_975), ("1152921504.606846976", nil),
      ("999999999999999999", nil), ("0.0000000001", nil), ("1.", nil), (".5", nil), ("1.2.3", nil),
      ("-1", nil),
      ("1e3", nil), ("", nil), ("nan", nil),
    ] as [(String, Int64?)]
  )
  func seconds(text: String, nanoseconds: Int64?) throws {
    var reader = try Self.reader("a,b\n\(text),\n")
    _ = try reader.next()
    let row = reader
    #expect((try? row.nanoseconds(0)) == nanoseconds)
  }

  @Test(
    "a wrong number says what was found and what is accepted",
    arguments: [
      ("-3", "t.csv:2:3: `b` is -3; accepted: a whole number, 0 to 2147483647"),
      ("9999999999", "t.csv:2:3: `b` is 9999999999; accepted: a whole number, 0 to 2147483647"),
      ("many", "t.csv:2:3: `b` is `many`, which is no number; accepted: a whole number, 0 to 2147483647"),
      ("", "t.csv:2:3: `b` is empty"),
    ]
  )
  func numberMessages(text: String, message: String) throws {
    var reader = try Self.reader("a,b\nx,\(text)\n")
    _ = try reader.next()
    let row = reader
    let error = #expect(throws: TraceError.self) { try row.int32(1) }
    #expect(error?.description == message)
  }

  @Test("a file that is not there, or is a folder, is an error with the system's reason")
  func unreadable() {
    let missing = #expect(throws: TraceError.self) { try CSVReader(path: "/nowhere/t.csv") }
    #expect(missing?.description == "/nowhere/t.csv: cannot read the file: No such file or directory")
    let folder = #expect(throws: TraceError.self) { try CSVReader(path: "/") }
    #expect(folder?.description == "/: cannot read the file: it is a directory")
  }
}
