import SimulationKernel
import TestSupport
import Testing

@testable import Workload

@Suite("Request traces")
struct RequestTraceTests {
  @Test("requests and tokens of each bucket; nothing after the last")
  func buckets() {
    let requests = [
      TracedRequest(seconds: 0, promptTokens: 100, outputTokens: 10),
      TracedRequest(seconds: 59.9, promptTokens: 50, outputTokens: 5),
      TracedRequest(seconds: 120, promptTokens: 30, outputTokens: 3),
    ]
    func rates(_ measure: RequestMeasure, _ factor: Double = 1) -> [Double] {
      let curve = RateCurve(requests, bucket: .seconds(60), measure: measure, factor: factor)
      return [0.0, 60, 120, 180, 1e6].map { curve.rate(at: $0) * 60 }
    }
    #expect(rates(.requests) == [2, 0, 1, 0, 0])
    #expect(rates(.requests, 3) == [6, 0, 3, 0, 0])
    #expect(rates(.promptTokens) == [150, 0, 30, 0, 0])
    #expect(rates(.outputTokens) == [15, 0, 3, 0, 0])
    #expect(rates(.tokens) == [165, 0, 33, 0, 0])
  }

  @Test("both formats")
  func formats() throws {
    let folder = try ScratchFolder()
    let csv = try folder.write("arrival_s,prompt_tokens,output_tokens\n0.0,374,44\n4.314579,396,109\n")
    let expected = [
      TracedRequest(seconds: 0, promptTokens: 374, outputTokens: 44),
      TracedRequest(seconds: 4.314579, promptTokens: 396, outputTokens: 109),
    ]
    #expect(try RequestTraceReader.azureLLM.read(path: csv) == expected)
    let lines = try folder.write(
      #"{"timestamp":0,"input_length":374,"output_length":44,"hash_ids":[0,1]}"# + "\n"
        + #"{"timestamp":4314.579,"input_length":396,"output_length":109}"# + "\n",
      as: "trace.jsonl"
    )
    #expect(try RequestTraceReader.mooncake.read(path: lines) == expected)
  }

  @Test(
    "bad lines",
    arguments: [
      (RequestTraceReader.azureLLM, "arrival_s,prompt_tokens\n", "1: the header has no column"),
      (.azureLLM, "arrival_s,prompt_tokens,output_tokens\n-1,1,1\n", "2:1: `arrival_s` is -1"),
      (.azureLLM, "arrival_s,prompt_tokens,output_tokens\n1,x,1\n", "2:3: `prompt_tokens` is `x`"),
      (.mooncake, "{\"timestamp\":0}\n", "1:1: the line is `{\"timestamp\":0}`; accepted: a JSON object"),
      (.mooncake, "{\"timestamp\":-5,\"input_length\":1,\"output_length\":1}\n", "1:1: the line is"),
      (.mooncake, "{\"timestamp\":5,\"input_length\":1,\"output_length\":1}\nx\n", "2:1: the line is `x`"),
    ]
  )
  func bad(_ reader: RequestTraceReader, _ text: String, _ message: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(text)
    let error = #expect(throws: TraceError.self) { try reader.read(path: path) }
    #expect(error?.description.hasPrefix("\(path):\(message)") == true, "\(error?.description ?? "")")
  }

  @Test(
    "the Azure traces of 2023: counts, spans and means of their description",
    .enabled(if: DataFolder.has("inference/azure-llm-2023/conv.csv"))
  )
  func azure() throws {
    for (file, count, span, prompt, output) in [
      ("conv", 19_366, 3501.7, 1155.0, 211.0), ("code", 8819, 3436, 2048, 28),
    ] {
      let path = DataFolder.path("inference/azure-llm-2023/\(file).csv")
      let requests = try RequestTraceReader.azureLLM.read(path: path)
      #expect(requests.count == count)
      #expect(abs((requests.last?.seconds ?? 0) - span) < 0.5)
      func mean(_ measure: RequestMeasure) -> Double {
        let curve = RateCurve(requests, bucket: .seconds(60), measure: measure, factor: 1)
        return curve.requests(from: 0, to: 7200) / Double(count)
      }
      #expect(abs(mean(.requests) - 1) < 1e-9)
      #expect(abs(mean(.promptTokens) - prompt) < 1)
      #expect(abs(mean(.outputTokens) - output) < 1)
    }
  }

  @Test(
    "the traces of Mooncake",
    .enabled(if: DataFolder.has("inference/mooncake/conversation_first4000.jsonl"))
  )
  func mooncake() throws {
    let path = DataFolder.path("inference/mooncake/conversation_first4000.jsonl")
    let requests = try RequestTraceReader.mooncake.read(path: path)
    #expect(requests.count == 4000)
    #expect(requests[0] == TracedRequest(seconds: 0, promptTokens: 6758, outputTokens: 500))
  }
}
