import Engine
import SimulationKernel

/// Makes what `policy.sharing` says.
enum SharingBuilder {
  /// The mode; nil: it is not there, or wrong.
  static func mode(_ policy: Decoded?) -> SharingMode? {
    guard let node = policy?["sharing"], let mode = node["mode"], mode.isSound else { return nil }
    return SharingMode(rawValue: mode.text)
  }

  /// Refuses keys that the mode does not look at.
  static func refuseForeignKeys(_ policy: Decoded, into diagnostics: inout DiagnosticList) {
    guard let node = policy["sharing"], case .section(let members) = node.form, let mode = mode(policy) else {
      return
    }
    let used = SharingSection.keys(of: mode)
    for member in members where member.field.key != "mode" && !used.contains(member.field.key) {
      guard let value = member.value, value.origin != .standard else { continue }
      let takers = SharingMode.allCases.filter { SharingSection.keys(of: $0).contains(member.field.key) }
      diagnostics.add(
        value.origin,
        value.keyPath,
        "has no meaning with '\(mode.rawValue)'; accepted with "
          + takers.map(\.rawValue).joined(separator: ", "),
        hint: "remove it; a key inherited from an include is removed by setting it to null"
      )
    }
  }

  /// How long memory is wiped between tenants; a diagnostic where the policies
  /// do not go with it.
  static func wipe(
    _ policy: Decoded?,
    _ queue: QueueSpec?,
    _ gangs: GangMode?,
    _ sharing: SharingMode?,
    isContended: Bool,
    into diagnostics: inout DiagnosticList
  ) -> SimDuration {
    guard let node = policy?["sharing"]?["wipe"], node.isSound, let queue, let gangs, let sharing else {
      return .zero
    }
    let wipe = SimDuration(nanoseconds: node.nanoseconds)
    if wipe > .zero,
      let problem = SimulationInput.problemOfWipe(
        queue: queue,
        gangs: gangs,
        sharing: sharing,
        isContended: isContended
      )
    {
      diagnostics.add(node.origin, node.keyPath, problem)
    }
    return wipe
  }

  /// The section without the defaults of keys that its mode does not look at.
  static func shown(_ sharing: Decoded) -> Decoded {
    guard sharing.isSound, case .section(let members) = sharing.form, let word = sharing["mode"]?.text,
      let mode = SharingMode(rawValue: word)
    else { return sharing }
    var keys = ["mode"] + SharingSection.keys(of: mode)
    if mode == .fractions, sharing["contention"]?.text == ContentionFields.none {
      keys = ["mode", "isolation", "wipe"]
    }
    var shown = sharing
    shown.form = .section(members.filter { keys.contains($0.field.key) })
    return shown
  }
}
