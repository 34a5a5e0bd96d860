/// The images of one node: what it keeps, what it pulls, and who waits for it.
struct NodeImages {
  struct Kept {
    var image: Int32
    var bytes: Int64
    /// Runs that use it, and when one began to last.
    var users: Int32
    var lastUse: Int64
  }

  /// What the node holds when it comes into being.
  private let preloaded: [Kept]
  private(set) var kept: [Kept]
  /// To be pulled in turn; the first is under way.
  var pulls: [Int32] = []
  /// Jobs that lie on the node, and the image that they wait for.
  var waiting: [(job: Int32, image: Int32)] = []
  /// Rises whenever a pull is given up.
  var turn: UInt32 = 0

  init(preloaded: [(image: Int32, bytes: Int64)] = []) {
    // Never used: they are the first to go.
    self.preloaded = preloaded.map { Kept(image: $0.image, bytes: $0.bytes, users: 0, lastUse: -1) }
    kept = self.preloaded
  }

  /// The image is there, and has one user more; false: it is not.
  mutating func use(_ image: Int32, at now: Int64) -> Bool {
    guard let place = kept.firstIndex(where: { $0.image == image }) else { return false }
    kept[place].users += 1
    kept[place].lastUse = now
    return true
  }

  /// A job leaves the node: it does not use the image any more, or wait for it.
  mutating func leave(_ job: Int32, _ image: Int32) {
    if let place = waiting.firstIndex(where: { $0.job == job }) {
      waiting.remove(at: place)
    } else if let place = kept.firstIndex(where: { $0.image == image }) {
      kept[place].users -= 1
    }
  }

  /// The first pull is done: returns the jobs that waited for it, and how many
  /// images had to go.
  mutating func finishPull(bytes: Int64, cache: Int64?, at now: Int64) -> (jobs: [Int32], evicted: Int64) {
    let image = pulls.removeFirst()
    let jobs = waiting.filter { $0.image == image }.map(\.job)
    waiting.removeAll { $0.image == image }
    var evicted: Int64 = 0
    if let cache {
      var used = kept.reduce(bytes) { $0 + $1.bytes }
      while used > cache {
        let unused = kept.indices.filter { kept[$0].users == 0 }
        guard let oldest = unused.min(by: { kept[$0].lastUse < kept[$1].lastUse }) else { break }
        used -= kept[oldest].bytes
        kept.remove(at: oldest)
        evicted += 1
      }
    }
    kept.append(Kept(image: image, bytes: bytes, users: Int32(jobs.count), lastUse: now))
    return (jobs, evicted)
  }

  /// The node is down, and nothing is pulled any more; or gone, with all that
  /// it kept.
  mutating func lose(keepsImages: Bool) {
    pulls = []
    waiting = []
    turn &+= 1
    if keepsImages { for place in kept.indices { kept[place].users = 0 } } else { kept = preloaded }
  }
}
