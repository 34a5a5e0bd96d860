extension StorageBuilder {
  /// By key of a class: the parts of ``ColdStart`` that it takes the place of.
  static let fetchedParts = [("image", ["pull", "cached"]), ("read", ["weights"])]

  /// `workload` without the defaults that are not used, because the run
  /// simulates what they stand for.
  static func shown(_ workload: Decoded) -> Decoded {
    workload.changing("classes") { list in
      guard case .list(let classes) = list.form else { return list }
      var changed = list
      changed.form = .list(classes.map(shownClass))
      return changed
    }
  }

  private static func shownClass(_ jobClass: Decoded) -> Decoded {
    var unused: Set<String> = []
    for (key, parts) in fetchedParts where jobClass.sets(key) { unused.formUnion(parts) }
    return
      jobClass.changing("service") { $0.changing("coldStart") { without(unused, $0) } }
      .changing("checkpoint") { $0.sets("size") ? without(["write"], $0) : $0 }
  }

  private static func without(_ keys: Set<String>, _ section: Decoded) -> Decoded {
    guard case .section(let members) = section.form else { return section }
    var changed = section
    changed.form = .section(members.filter { !keys.contains($0.field.key) })
    return changed
  }
}
