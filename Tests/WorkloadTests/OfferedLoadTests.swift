import SimulationKernel
import Testing
import Workload

@Suite("Offered load of a table")
struct OfferedLoadTests {
  /// Jobs of one GPU that last 100 s and arrive at the given seconds.
  static func table(_ arrivals: [Int64], kind: JobKind = .batch, gpus: Int32 = 1) -> JobTable {
    var table = JobTable()
    table.arrival = arrivals.map { SimTime(nanoseconds: $0 * 1_000_000_000) }
    table.duration = arrivals.map { _ in .seconds(100) }
    table.shapes = [
      JobShape(cpuMilli: 1, memoryMiB: 1, gpuCount: gpus, milliGPUPerDevice: gpus == 0 ? 0 : 1000)
    ]
    table.shape = arrivals.map { _ in ShapeID(rawValue: 0) }
    table.kind = arrivals.map { _ in kind }
    return table
  }

  @Test("compression is the least that makes the peak demand reach the load")
  func compression() throws {
    var jobs = Self.table([0, 500, 1000])
    // 300 GPU seconds over 1,000 s on one GPU.
    #expect(try jobs.offeredLoad(onMilliGPU: 1000) == 0.3)
    #expect(jobs.milliGPUNanoseconds == 300_000_000_000_000)
    #expect(jobs.peakDemandMilliGPU() == 1000)
    // Two of them overlap once arrivals are less than 100 s apart, three once
    // the outer ones are: divided by more than 5 and by more than 10.
    #expect(jobs.peakDemandMilliGPU(arrivalsDividedBy: 5) == 1000)
    #expect(jobs.peakDemandMilliGPU(arrivalsDividedBy: 5.01) == 2000)
    #expect(jobs.peakDemandMilliGPU(arrivalsDividedBy: 10.01) == 3000)
    let factor = try jobs.compressArrivals(toPeakLoad: 0.5, onMilliGPU: 4000)
    #expect(factor > 5 && factor < 5.001)
    #expect(jobs.arrival[2].seconds < 200 && jobs.arrival[2].seconds > 199.9)
    #expect(jobs.duration.allSatisfy { $0 == .seconds(100) })
    // A load below the present peak stretches: apart by 100 s at least.
    var crowded = Self.table([0, 50, 1000])
    #expect(try crowded.compressArrivals(toPeakLoad: 0.25, onMilliGPU: 4000) < 1)
  }

  @Test("what cannot be compressed says why, and stays as it was")
  func errors() {
    func failure(_ table: JobTable, load: Double = 0.9, milliGPU: Int64 = 1000) -> LoadError? {
      var jobs = table
      let error = #expect(throws: LoadError.self) {
        try jobs.compressArrivals(toPeakLoad: load, onMilliGPU: milliGPU)
      }
      #expect((jobs == table) == true)
      return error
    }
    #expect(failure(Self.table([0, 1]), load: 0) == .badLoad(0))
    #expect(failure(Self.table([0, 1]), load: .infinity) == .badLoad(.infinity))
    #expect(failure(Self.table([0, 1]), milliGPU: 0) == .noCapacity)
    #expect(failure(Self.table([0, 1], gpus: 0)) == .noDemand)
    #expect(failure(Self.table([5, 5])) == .noSpan)
    #expect(failure(Self.table([])) == .noSpan)
    #expect(failure(Self.table([0, 1], kind: .service)) == .services)
    #expect(failure(Self.table([0, 1]), load: 1e-9) == .tooLong)
    #expect(failure(Self.table([0, 1]), load: 3) == .unreachable(3, largest: 2))
  }
}
