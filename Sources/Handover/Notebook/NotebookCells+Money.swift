/// What the run's TCO study found: flows, costs and what moves them.
extension NotebookCells {
  static let cashText = #"""
    ## Cash flow

    What each option pays (negative) and gets back (positive): left by year, right added up; year 0 is the
    purchase, other years count at their end (view `cash_flow`, tables `tco_study` and `tco_option`).
    """#

  static let cash = #"""
    no_study = f"no TCO was stored for this run: run `headroom tco {run} --save`"
    options = read("tco_options")
    rows = read("cash_flow")
    if rows:
        names = ordered(row["option"] for row in rows)
        years = sorted({row["year"] for row in rows})
        flows = {name: [sum(row["usd"] for row in rows if (row["option"], row["year"]) == (name, year))
                        for year in years] for name in names}
        sums = {name: [sum(flow[:place + 1]) for place in range(len(years))] for name, flow in flows.items()}
        size, unit = usd_unit([amount for flow in sums.values() for amount in flow])
        figure, (by_year, added) = plt.subplots(1, 2, figsize=(11, 4.2))
        width = 0.8 / len(names)
        for place, name in enumerate(names):
            by_year.bar([year + (place + 0.5) * width - 0.4 for year in years],
                        [amount / size for amount in flows[name]], width, color=colour(place), label=name)
            added.plot(years, [amount / size for amount in sums[name]], marker="o", color=colour(place),
                       label=name)
        for axes in (by_year, added):
            axes.axhline(0, color="black", linewidth=0.8)
            axes.set_xticks(years)
        by_year.set(title="Cash flow by year", xlabel="year", ylabel=unit)
        added.set(title="Cash flow added up, not discounted", xlabel="year", ylabel=unit)
        legend(added)
        plt.show()
    else:
        print(no_study)
    for study in options[:1]:
        print(f"study {study['study']} of replication {study['study_replication']}: {study['years']} years, "
              f"cost of capital {study['cost_of_capital']:.1%} a year")
    for option in options:
        served = option["served_gpu_h_year"]
        each = f", {option['annual_cost_usd'] / served:,.2f} USD per held GPU-hour" if served else ""
        print(f"{option['option']}: {option['annual_cost_usd']:,.0f} USD as a level amount a year{each}; "
              f"jobs: {option['service']}; GPU-hours a year: held {served:,.0f}, "
              f"unserved {option['unserved_gpu_h_year']:,.0f}, waiting {option['waiting_gpu_h_year']:,.0f}")
    """#

  static let costText = #"""
    ## Costs by line

    What each option pays over all years by line, not discounted; income, such as what is left at the end,
    points to the left (table `cost_line`).
    """#

  static let cost = #"""
    rows = read("cost_lines")
    if rows:
        names = ordered(row["option"] for row in rows)
        lines = ordered(row["line"] for row in rows)
        lines.sort(key=lambda line: -sum(row["usd"] for row in rows if row["line"] == line))
        size, unit = usd_unit([row["usd"] for row in rows])
        figure, axes = plt.subplots(figsize=(9.5, 1.8 + 0.6 * len(names)))
        paid, got = [0.0] * len(names), [0.0] * len(names)
        for place, line in enumerate(lines):
            amounts = [sum(row["usd"] for row in rows if (row["option"], row["line"]) == (name, line)) / size
                       for name in names]
            starts = [got[at] if amount < 0 else paid[at] for at, amount in enumerate(amounts)]
            axes.barh(names, amounts, left=starts, color=colour(place), label=line,
                      hatch="//" if place >= len(palette) else None, edgecolor="white", linewidth=0.5)
            for at, amount in enumerate(amounts):
                (got if amount < 0 else paid)[at] += amount
        axes.axvline(0, color="black", linewidth=0.8)
        axes.invert_yaxis()
        axes.set(title="Costs over all years by line", xlabel=unit, ylabel="option")
        legend(axes)
        plt.show()
    else:
        print(no_study)
    """#

  static let tornadoText = #"""
    ## Tornado

    How far each parameter alone, moved to its low and to its high value, moves the net present value of the
    first option against the cheapest other one (tables `tco_bar` and `tco_option`).
    """#

  static let tornado = #"""
    rows = read("tornado")
    if rows:
        worth = rows[0]["worth_usd"]
        sides = ["worth_at_low_usd", "worth_at_high_usd"]
        size, unit = usd_unit([row[side] for row in rows for side in sides])
        labels = [f"{row['parameter']} ({row['low']:g} to {row['high']:g})" for row in rows]
        figure, axes = plt.subplots(figsize=(9.5, 1.8 + 0.32 * len(rows)))
        for side, name, shade in [("worth_at_low_usd", "at the low value", "#56b4e9"),
                                  ("worth_at_high_usd", "at the high value", "#e69f00")]:
            axes.barh(labels, [(row[side] - worth) / size for row in rows], left=worth / size, color=shade,
                      label=name)
        axes.axvline(worth / size, color="black", linewidth=1, label="everything typical")
        axes.invert_yaxis()
        title = f"Worth of {options[0]['option']} against {rows[0]['against']}"
        axes.set(title=title, xlabel=f"net present value ({unit})", ylabel="parameter (low to high)")
        legend(axes)
        plt.show()
    elif options:
        print(f"the TCO study of run {run} has no tornado: there was nothing to compare or to vary")
    else:
        print(no_study)
    """#
}
