import TestSupport
import Testing

@testable import Results

/// Who shares GPUs with whom.
@Suite("Tenants on the same GPU")
struct CoResidenceTests {
  private static func shared(_ residences: [Residence]) -> CoResidence {
    CoResidence(
      ResidenceTable(
        run: 1,
        name: "test",
        replication: 0,
        tenants: [(0, "a"), (1, "b"), (2, "c")],
        residences: residences,
        namesGPUs: true
      )
    )
  }

  private static func stay(_ tenant: Int64, _ start: Int64, _ end: Int64, gpu: Int = 0, node: Int64 = 0)
    -> Residence
  {
    Residence(node: node, gpu: gpu, tenant: tenant, start: start, end: end)
  }

  @Test("time alone, among one's own and with others adds up to time on the GPU")
  func parts() {
    let shared = Self.shared([Self.stay(0, 0, 10), Self.stay(0, 4, 8), Self.stay(1, 6, 20)])
    #expect(shared.tenants.map(\.name) == ["a", "b"])
    #expect(shared.tenants[0].alone == 4)
    #expect(shared.tenants[0].amongItsOwn == 2)
    #expect(shared.tenants[0].withOthers == 4)
    #expect(shared.tenants[1].alone == 10)
    #expect(shared.tenants[1].withOthers == 4)
    #expect(shared.tenants[1].mostForeignJobs == 2)
    #expect(shared.tenants[1].mostForeignTenants == 1)
    #expect(shared.pairs == [.init(first: 0, second: 1, together: 4, gpus: 1)])
  }

  @Test("an empty GPU that goes to another tenant is a handover; one that never empties is not")
  func handovers() {
    let shared = Self.shared([
      Self.stay(0, 0, 5), Self.stay(1, 5, 9), Self.stay(1, 12, 13), Self.stay(0, 12, 20),
      Self.stay(2, 30, 31),
      Self.stay(0, 0, 5, gpu: 1), Self.stay(0, 7, 9, gpu: 1),
    ])
    #expect(shared.tenants.map(\.handovers) == [1, 1, 1])
  }

  @Test("the sweep agrees with a look at each instant")
  func bruteForce() {
    var random = SplitMix(seed: 51)
    for round in 0..<300 {
      let stays = (0..<Int.random(in: 1...12, using: &random)).map { _ -> Residence in
        let start = Int64.random(in: 0..<20, using: &random)
        return Self.stay(
          Int64.random(in: 0..<3, using: &random),
          start,
          start + Int64.random(in: 1...9, using: &random),
          gpu: Int.random(in: 0..<2, using: &random),
          node: Int64.random(in: 0..<2, using: &random)
        )
      }
      let shared = Self.shared(stays)
      var together: [String: Int128] = [:]
      var alone: [String: Int128] = [:]
      for node in Int64(0)..<2 {
        for gpu in 0..<2 {
          for instant in Int64(0)..<40 {
            let here = stays.filter {
              $0.node == node && $0.gpu == gpu && $0.startNanoseconds <= instant
                && instant < $0.endNanoseconds
            }
            if here.count == 1 { alone["\(here[0].tenant)", default: 0] += 1 }
            let tenants = Set(here.map(\.tenant)).sorted()
            for first in tenants {
              for second in tenants where second > first { together["\(first)\(second)", default: 0] += 1 }
            }
          }
        }
      }
      let rows = ["a": 0, "b": 1, "c": 2]
      var found: [String: Int128] = [:]
      for pair in shared.pairs {
        found["\(rows[shared.tenants[pair.first].name]!)\(rows[shared.tenants[pair.second].name]!)"] =
          pair.together
      }
      #expect(found == together, "seed 51, round \(round)")
      for tenant in shared.tenants {
        #expect(tenant.alone == alone["\(rows[tenant.name]!)", default: 0], "seed 51, round \(round)")
      }
    }
  }
}
