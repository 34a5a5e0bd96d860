import ArgumentParser
import Claims
import Economics
import Engine
import Foundation
import Handover
import Planning
import Results
import Scenario
import Studies
import Workload

/// The exit codes that are not the argument parser's own (64).
enum ExitReason {
  /// `check`: a budget is exceeded.
  static let regression = ExitCode(1)
  static let badInput = ExitCode(2)
  static let failedRun = ExitCode(3)
  /// `check`: the baseline is missing or was made for other inputs.
  static let noBaseline = ExitCode(4)
  /// 128 + SIGINT, as shells count.
  static let interrupted = ExitCode(130)
}

/// An input of the command line itself that cannot be used.
struct InputError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// Turns errors into a message on standard error and an exit code.
enum Failure {
  /// Runs a command's body.
  static func reporting(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let code as ExitCode {
      throw code
    } catch {
      let (message, code) = explain(error)
      for line in message.split(separator: "\n") { Terminal.printError("Error: \(line)") }
      throw code
    }
  }

  /// What to say and how to exit.
  static func explain(_ error: any Error) -> (message: String, code: ExitCode) {
    switch error {
    case is CancellationError, SimulationError.cancelled:
      ("interrupted; nothing was stored", ExitReason.interrupted)
    case SimulationError.invariantBroken: ("\(error)", ExitReason.failedRun)
    case is SimulationError, is ScenarioError, is TraceError, is SynthesisError, is StudyError, is InputError,
      is QuickEstimate.Failure, is TCOComparison.Failure, is ClaimError, is LoadedScenario.DemandError,
      is ReadinessError:
      ("\(error)", ExitReason.badInput)
    case let error as BaselineError:
      switch error {
      case .missing, .otherInputs: ("\(error)", ExitReason.noBaseline)
      case .unreadable, .unwritable: ("\(error)", ExitReason.badInput)
      }
    case ResultStoreError.notFound, ResultStoreError.noRuns, ResultStoreError.noSuchRun,
      ResultStoreError.noSuchJob, ResultStoreError.noSuchNode:
      ("\(error)", ExitReason.badInput)
    case is ResultStoreError, is HandoverError: ("\(error)", ExitReason.failedRun)
    default: ("\(error)", ExitReason.failedRun)
    }
  }
}
