import TestSupport
import Testing
import Workload

@testable import Studies

/// How results are written and compared.
@Suite struct StudyComparisonTests {
  private let scratch = try! ScratchFolder()

  private static let second: Int64 = 1_000_000_000

  private func result(_ name: String) -> StudyResult {
    StudyResult(
      configuration: name,
      jobs: [
        StudyJob(
          id: 3,
          submit: 5 * Self.second,
          firstStart: 5 * Self.second,
          end: 25 * Self.second,
          preemptions: 0
        ),
        StudyJob(
          id: 4,
          submit: 6 * Self.second,
          firstStart: 8 * Self.second,
          end: 10 * Self.second,
          preemptions: 2
        ),
      ]
    )
  }

  @Test func `results are a header and a row a job in whole seconds`() {
    let result = result("x")
    #expect(
      result.csv(TiresiasStudy.columns)
        == "job_id,first_start_s,end_s,preemptions\n3,5,25,0\n4,8,10,2\n"
    )
    #expect(result.csv(PAIStudy.columns) == "job_id,submit_s,jct_s\n3,5,20\n4,6,4\n")
    #expect(result.csv(PhillyStudy.columns) == "job_id,start_s,end_s\n3,5,25\n4,8,10\n")
    #expect(result.rows(PhillyStudy.columns) == "3,5,25\n4,8,10\n")
    #expect(result.meanJCT == 12)
  }

  @Test(arguments: [
    (0, "0"), (1, "0.000000001"), (-1, "-0.000000001"), (2_500_000_000, "2.5"), (-2_000_000_000, "-2"),
    (1_000_000_010, "1.00000001"),
  ])
  func `a part of a second is not lost`(nanoseconds: Int64, text: String) {
    #expect(StudyColumn.end.text(nanoseconds) == text)
  }

  private func compare(_ rows: String) throws -> StudyComparison {
    let path = try scratch.write("job_id,first_start_s,end_s,preemptions\n" + rows, as: "x.csv")
    return try StudyComparison.rows(result("x"), path: path, columns: TiresiasStudy.columns)
  }

  @Test func `equal results are equal`() throws {
    let comparison = try compare("3,5,25,0\n4,8,10,2\n")
    #expect(comparison.isEqual)
    #expect(comparison.equalText == "2 of 2")
    #expect(comparison.ourMeanJCT == 12 && comparison.expectedMeanJCT == 12)
  }

  @Test func `the first job that differs is named with both its results`() throws {
    let comparison = try compare("3,5,26,0\n4,8,11,1\n")
    #expect(!comparison.isEqual)
    #expect(comparison.equalText == "0 of 2")
    #expect(comparison.difference == "job 3: end_s is 25, published 26")
    #expect(comparison.expectedMeanJCT == 13)
    #expect(
      try compare("3,5,25,0\n4,8,11,1\n").difference
        == "job 4: end_s is 10, published 11; preemptions is 2, published 1"
    )
  }

  @Test func `jobs without a published result are left out`() throws {
    let comparison = try compare("4,8,10,2\n")
    #expect(comparison.isEqual)
    #expect(comparison.equalText == "1 of 1")
    #expect(comparison.ourMeanJCT == 4)
  }

  @Test func `a published job that the trace does not have is an error`() {
    #expect { try compare("5,1,2,0\n") } throws: { "\($0)".hasSuffix("x.csv:2: the trace has no job 5") }
  }

  @Test func `published results with another header or no numbers are an error`() throws {
    #expect(throws: TraceError.self) { try compare("3,5,x,0\n") }
    let path = try scratch.write("job_id,start\n1,2\n", as: "y.csv")
    #expect(throws: TraceError.self) {
      try StudyComparison.rows(result("y"), path: path, columns: TiresiasStudy.columns)
    }
  }

  private func compare(jct: (String, String), _ tolerance: StudyTolerance) throws -> StudyComparison {
    let path = try scratch.write("job_id,jct_s\n3,\(jct.0)\n4,\(jct.1)\n", as: "t.csv")
    return try StudyComparison.rows(
      result("t"),
      path: path,
      columns: GavelStudy.columns,
      tolerance: tolerance
    )
  }

  @Test func `times may differ by so much for each job`() throws {
    let tolerance = StudyTolerance.eachJob(nanoseconds: 10_000_000)
    let near = try compare(jct: ("20.010", "3.990"), tolerance)
    #expect(near.isEqual && near.equalText == "2 of 2 to 10 ms")
    let far = try compare(jct: ("20.010", "4.011"), tolerance)
    #expect(far.equalText == "1 of 2 to 10 ms")
    #expect(far.difference == "job 4: jct_s is 4.000, published 4.011")
  }

  @Test func `or in the mean and in the last end`() throws {
    // Ours: means 12, last end 25.
    let near = try compare(jct: ("19.6", "4.4"), .means(share: 0.02))
    #expect(near.isEqual && near.equalText == "within 2 %")
    let mean = try compare(jct: ("20", "4.6"), .means(share: 0.02))
    #expect(!mean.isEqual && mean.equalText == "not within 2 %")
    #expect(mean.difference == "the mean JCT is 12.000 s, published 12.300 s")
    let last = try compare(jct: ("18.9", "5.1"), .means(share: 0.02))
    #expect(last.difference == "the last end is 25.000 s, published 23.900 s")
  }

  @Test(arguments: [
    (14_400_538_500_001, "14400.539"), (0, "0.000"), (59_999_400_000, "59.999"), (-1_000_000, "-0.001"),
  ])
  func `some studies print three decimals`(nanoseconds: Int64, text: String) {
    #expect(StudyColumn.jctInMilliseconds.text(nanoseconds) == text)
    #expect(StudyColumn.jctInMilliseconds.header == "jct_s")
  }

  private func digest(hash: String, jobs: Int = 2) throws -> StudyComparison {
    let path = try scratch.write(
      """
      {"jobs": \(jobs), "avg_jct": 12, "sum_end_time": 35, "sha256_of_lines_job_start_end": "\(hash)", "gpus": 8}
      """,
      as: "x.json"
    )
    return try StudyComparison.digest(result("x"), path: path, columns: PhillyStudy.columns)
  }

  @Test func `a published hash is compared with that of the rows`() throws {
    let hash = SHA256.hexadecimal(of: Array("3,5,25\n4,8,10\n".utf8))
    #expect(try digest(hash: hash).equalText == "2 of 2")
    #expect(try digest(hash: hash).isEqual)
    let other = try digest(hash: String(repeating: "0", count: 64))
    #expect(!other.isEqual)
    #expect(other.equalText == "not all of 2")
    #expect(
      other.difference == "the SHA-256 of the rows differs; the sum of all ends is 35 s, published 35 s"
    )
    #expect(try !digest(hash: hash, jobs: 3).isEqual)
  }

  @Test func `a summary without a hash is an error`() throws {
    let path = try scratch.write("{\"jobs\": 2}", as: "z.json")
    #expect(throws: StudyError.self) {
      try StudyComparison.digest(result("z"), path: path, columns: PhillyStudy.columns)
    }
  }
}
