import Glibc

/// Prints one figure as a JSON line: name, ours, reference, ratio, unit.
///
/// The ratio is ours over the reference; without a reference both are null.
public func printRow(_ name: String, ours: Double, reference: Double? = nil, unit: String) {
  let ratio = reference.map { "\(ours / $0)" } ?? "null"
  let other = reference.map { "\($0)" } ?? "null"
  print(
    "{\"name\":\"\(name)\",\"ours\":\(ours),\"reference\":\(other),\"ratio\":\(ratio),\"unit\":\"\(unit)\"}"
  )
  fflush(nil)
}

/// Writes a line on standard error.
public func warn(_ text: String) {
  let line = text + "\n"
  _ = line.withCString { write(STDERR_FILENO, $0, line.utf8.count) }
}

/// Ends the program because a result is wrong; slowness never does.
public func fail(_ text: String) -> Never {
  warn(text)
  exit(1)
}

/// The value after a flag, else that of an environment variable, else the
/// fallback.
public func option(_ flag: String, _ variable: String? = nil, default fallback: String) -> String {
  let arguments = CommandLine.arguments
  if let place = arguments.firstIndex(of: flag), place + 1 < arguments.count { return arguments[place + 1] }
  if let variable, let value = getenv(variable) { return String(cString: value) }
  return fallback
}

/// Whether a flag without a value was given.
public func isSet(_ flag: String) -> Bool { CommandLine.arguments.contains(flag) }

/// CPU time of the process, in seconds.
public func cpuSeconds() -> Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

/// Wall time since some start, in seconds.
public func wallSeconds() -> Double { seconds(CLOCK_MONOTONIC) }

private func seconds(_ clock: clockid_t) -> Double {
  var now = timespec()
  clock_gettime(clock, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}
