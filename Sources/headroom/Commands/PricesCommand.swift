import ArgumentParser
import Economics
import Hardware
import Reporting

struct PricesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices",
    abstract: "Cloud prices that the program knows, and where each was read.",
    discussion: """
      Examples:
        headroom prices
        headroom prices list --gpu h100-sxm --provider aws
        headroom prices show p5.48xlarge
        headroom prices check --file my-prices.csv
      """,
    subcommands: [List.self, Show.self, Check.self],
    defaultSubcommand: List.self
  )

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "List prices per GPU-hour.",
      discussion: """
        Examples:
          headroom prices list --gpu h100-sxm
          headroom prices list --file my-prices.csv --rates my-rates.csv --json
        """
    )

    @OptionGroup var book: PriceOptions
    @OptionGroup var choice: PriceChoice

    func run() throws {
      try Failure.reporting {
        let entries = try choice.entries(of: book.load())
        Terminal.write(
          choice.json ? try PriceText.json(entries) : PriceText.list(entries, style: Terminal.style)
        )
      }
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print everything about one instance type.",
      discussion: """
        Examples:
          headroom prices show p5.48xlarge
        """
    )

    @Argument(help: "The instance type, as the provider calls it.")
    var instance: String

    @OptionGroup var book: PriceOptions
    @OptionGroup var choice: PriceChoice

    func run() throws {
      try Failure.reporting {
        let all = try choice.entries(of: book.load())
        let entries = all.filter { $0.row.instance.lowercased() == instance.lowercased() }
        guard !entries.isEmpty else {
          let hint = Suggestion.hint(for: instance, among: all.map(\.row.instance))
          throw InputError(
            "no price of the instance type '\(instance)'; \(hint ?? "`headroom prices list` shows them")"
          )
        }
        Terminal.write(
          choice.json ? try PriceText.json(entries) : PriceText.pages(entries, style: Terminal.style)
        )
      }
    }
  }

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Tell what is doubtful about the prices.",
      discussion: """
        Prices that are known to be wrong, incomplete, missing or zero are never used; others are used and marked.

        Examples:
          headroom prices check
          headroom prices check --file my-prices.csv
        """
    )

    @OptionGroup var book: PriceOptions
    @OptionGroup var choice: PriceChoice

    func run() throws {
      try Failure.reporting {
        let entries = try choice.entries(of: book.load())
        Terminal.write(
          choice.json
            ? try PriceText.json(entries.filter { !$0.flaws.isEmpty })
            : PriceText.check(entries, style: Terminal.style)
        )
      }
    }
  }
}

/// Which rows of the price book.
struct PriceChoice: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only this GPU: its id, name, alias, or its name in the book.", valueName: "name")
  )
  var gpu: String?

  @Option(help: ArgumentHelp("Only this provider.", valueName: "name"))
  var provider: String?

  @Flag(help: "Print JSON.")
  var json = false

  func entries(of book: PriceBook) throws -> [PriceBook.Entry] {
    if let provider, book.entries(gpu: nil, provider: provider).isEmpty {
      throw QuickEstimate.Failure.unknownProvider(provider, known: book.providers)
    }
    if let gpu, book.entries(gpu: gpu, provider: nil).isEmpty {
      let hint = Suggestion.hint(for: gpu, among: book.gpus)
      throw InputError(
        "the price book has no GPU '\(gpu)'; \(hint.map { $0 + " " } ?? "")known: \(book.gpus.joined(separator: ", "))"
      )
    }
    return book.entries(gpu: gpu, provider: provider)
  }
}
