/// Where the figures come from, and what all pictures share.
extension NotebookCells {
  static func title(_ notebook: NotebookFile) -> String {
    let title = notebook.title.split(whereSeparator: \.isNewline).joined(separator: " ")
    return #"""
      # \#(title)

      The main pictures of run \#(notebook.run), replication \#(notebook.replication), drawn from the \#
      results file, or from the CSV files beside this notebook where that file is not found. Made by \#
      `headroom export notebook`; only `sqlite3`, `csv` and `matplotlib` are imported.
      """#
  }

  static func setup(_ notebook: NotebookFile) -> String {
    #"""
    %matplotlib inline
    import csv
    import sqlite3

    import matplotlib.pyplot as plt

    database = \#(PythonText.literal(notebook.database))  # SQLite, seen from this notebook
    run = \#(notebook.run)
    replication = \#(notebook.replication)  # 0-based

    # One query a picture; the CSV file run-N-NAME.csv holds the same rows.
    queries = {
    \#(queries)
    }
    # Columns that hold words; all others are numbers.
    words = {
    \#(words)
    }


    def has_database():
        try:
            open(database, "rb").close()
        except FileNotFoundError:
            return False
        return True


    def number(text):
        try:
            return int(text)
        except ValueError:
            return float(text)


    def read(name):
        """The rows of one query, each a dictionary; none where the file has no such table."""
        if has_database():
            path = database.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
            file = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
            try:
                file.row_factory = sqlite3.Row
                parameters = {"run": run, "replication": replication}
                return [dict(row) for row in file.execute(queries[name], parameters)]
            except sqlite3.OperationalError as error:
                if "no such table" in str(error):
                    return []
                raise
            finally:
                file.close()
        try:
            with open(f"run-{run}-{name}.csv", newline="", encoding="utf-8") as file:
                return [
                    {key: text if key in words else number(text) for key, text in row.items()}
                    for row in csv.DictReader(file)
                ]
        except FileNotFoundError:
            return []
    """#
  }

  private static var queries: String {
    NotebookQuery.allCases.map {
      "    \"\($0.rawValue)\": \"\"\"\n\($0.sql)\n\"\"\","
    }
    .joined(separator: "\n")
  }

  private static var words: String {
    NotebookQuery.words.map { "    \"\($0)\"," }.joined(separator: "\n")
  }

  static let drawing = #"""
    plt.rcParams.update({
        "figure.figsize": (9.5, 4.2), "figure.dpi": 100, "figure.constrained_layout.use": True,
        "axes.spines.top": False, "axes.spines.right": False, "axes.axisbelow": True,
        "axes.grid": True, "grid.color": "#e4e4e4", "axes.titleweight": "bold", "axes.titlesize": 11,
        "legend.frameon": False,
    })
    # Okabe and Ito's colours, which colour-blind readers can tell apart.
    palette = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#999999"]


    def colour(place):
        return palette[place % len(palette)]


    def legend(axes):
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))


    def time_axis(rows):
        """Bounds of the buckets, one more than rows, and the axis' label."""
        bounds = [row["from_h"] for row in rows] + [rows[-1]["to_h"]]
        if bounds[-1] - bounds[0] >= 72:
            return [hour / 24 for hour in bounds], "time since the run's start (days)"
        return bounds, "time since the run's start (hours)"


    def held(levels):
        """The last level once more: each holds to its bucket's end."""
        return levels + levels[-1:]


    def stack(axes, bounds, layers):
        """Levels over time on top of each other: (name, levels, colour), the lowest first."""
        axes.stackplot(
            bounds, [held(levels) for _, levels, _ in layers], labels=[name for name, _, _ in layers],
            colors=[shade for _, _, shade in layers], step="post", linewidth=0,
        )
        axes.set_xlim(bounds[0], bounds[-1])
        axes.set_ylim(bottom=0)


    def usd_unit(amounts):
        """What to divide amounts by, and the unit's name."""
        most = max((abs(amount) for amount in amounts), default=0)
        for size, name in [(1e9, "billion USD"), (1e6, "million USD"), (1e3, "thousand USD")]:
            if most >= size:
                return size, name
        return 1, "USD"


    def ordered(names):
        """Each name once, in order of first appearance."""
        return list(dict.fromkeys(names))


    sizes = ["0", "fraction", "1", "2-4", "5-8", "9-16", "17-64", "65-256", "257+"]
    """#

  static let overview = #"""
    facts = read("overview")
    if facts:
        fact = facts[0]
        print(f"{fact['run']}, policy {fact['policy']}, headroom {fact['version']}")
        print(f"replication {fact['replication']}: {fact['jobs']:,} jobs on {fact['gpus']:,} GPUs, "
              f"measured over {fact['measured_hours']:,.1f} hours")
        print("read from", database if has_database() else f"run-{run}-*.csv")
    else:
        place = database if has_database() else "the CSV files"
        print(f"run {run}, replication {replication} is not in {place}")
    """#
}
