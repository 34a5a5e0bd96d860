/// Gives each different request a number, in order of appearance.
struct ShapeInterner {
  private(set) var shapes: [JobShape] = []
  private var numbers: [JobShape: ShapeID] = [:]

  mutating func intern(_ shape: JobShape) -> ShapeID {
    if let known = numbers[shape] { return known }
    let id = ShapeID(rawValue: Int32(shapes.count))
    shapes.append(shape)
    numbers[shape] = id
    return id
  }
}
