extension JobLists {
  /// Where the lists say which jobs each job waits for: jobs that wait for one
  /// another in a ring, each for the next one and the last for the first; nil
  /// when there is no ring.
  ///
  /// - Complexity: O(jobs + entries), by depth-first search.
  public var cycle: [Int]? {
    enum Mark: UInt8 { case new, onPath, done }
    var marks = [Mark](repeating: .new, count: count)
    var path: [(job: Int, next: Int)] = []
    for start in 0..<count where marks[start] == .new {
      path.append((start, 0))
      marks[start] = .onPath
      while let (job, next) = path.last {
        let list = self[job]
        guard next < list.count else {
          marks[job] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let other = Int(list[list.startIndex + next])
        switch marks[other] {
        case .new:
          marks[other] = .onPath
          path.append((other, 0))
        case .onPath: return path.drop { $0.job != other }.map(\.job)
        case .done: break
        }
      }
    }
    return nil
  }
}
