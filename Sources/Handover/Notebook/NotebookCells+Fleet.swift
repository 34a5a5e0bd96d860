/// What the fleet did: its GPUs by state, and free GPUs that nobody can use.
extension NotebookCells {
  static let useText = #"""
    ## GPU use by state

    Mean number of GPUs in each state over time, and the demand that was offered: GPUs asked for as if every
    job had started on arrival (view `series_view`).
    """#

  static let use = #"""
    rows = read("use_over_time")
    if rows:
        bounds, label = time_axis(rows)
        states = [
            ("busy", "busy", "#0072b2"), ("idle", "allocated, not busy", "#56b4e9"),
            ("other", "changing or rounding", "#cc79a7"), ("stranded", "free, stranded", "#d55e00"),
            ("placeable", "free, placeable", "#c9e4d6"), ("down", "down", "#999999"),
        ]
        figure, axes = plt.subplots()
        stack(axes, bounds, [
            (name, [row[state] for row in rows], shade)
            for state, name, shade in states if any(row[state] for row in rows)
        ])
        axes.step(bounds, held([row["offered"] for row in rows]), where="post", color="black",
                  linewidth=1, label="offered demand")
        axes.autoscale(axis="y")
        axes.set(title="GPU use by state over time", xlabel=label, ylabel="GPUs (mean of each bucket)")
        axes.set_ylim(bottom=0)
        legend(axes)
        plt.show()
    else:
        print(f"no series were stored for run {run}: nothing to draw over time")
    """#

  static let fragmentationText = #"""
    ## Fragmentation

    Left, the share of free GPUs that the mix of jobs cannot use over time (view `series_view`); right,
    stranded GPU-hours by cause and GPU model (view `ledger_view`).
    """#

  static let fragmentation = #"""
    rows = read("use_over_time")
    stranded = "free.stranded."
    causes = [row for row in read("gpu_time") if row["leaf"].startswith(stranded)]
    if rows or causes:
        below = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "ncols": 3}
        figure, (over_time, by_cause) = plt.subplots(1, 2, width_ratios=[3, 2])
        over_time.set(title="Stranded share of free GPUs", ylabel="stranded (% of free GPUs)", ylim=(0, 100))
        if rows:
            bounds, label = time_axis(rows)
            free = [row["placeable"] + row["stranded"] for row in rows]
            shares = [100 * row["stranded"] / gpus if gpus else float("nan") for row, gpus in zip(rows, free)]
            over_time.stairs(shares, bounds, fill=True, color="#d55e00", alpha=0.8, label="stranded")
            over_time.set(xlabel=label, xlim=(bounds[0], bounds[-1]))
            over_time.legend(**below)
        else:
            over_time.set_xlabel("no series were stored")
        models = ordered(row["gpu_model"] for row in causes)
        names = ordered(row["leaf"] for row in causes)
        left = [0.0] * len(models)
        for place, name in enumerate(names):
            hours = [sum(row["gpu_hours"] for row in causes
                         if (row["gpu_model"], row["leaf"]) == (model, name)) for model in models]
            by_cause.barh(models, hours, left=left, color=colour(place), label=name.removeprefix(stranded))
            left = [before + more for before, more in zip(left, hours)]
        by_cause.set(title="Stranded GPU time by cause", xlabel="GPU-hours", ylabel="GPU model")
        if causes:
            by_cause.set_ylim(-1, len(models))
            by_cause.legend(**below)
        else:
            by_cause.text(0.5, 0.5, "none", ha="center", transform=by_cause.transAxes)
        plt.show()
    else:
        print(f"no series and no stranded GPU time were stored for run {run}: no fragmentation to draw")
    for fact in read("overview"):
        print(f"at the end {fact['free_gpus']:,.1f} GPUs were free, {fact['fgd_gpus']:,.1f} of them "
              f"fragmented by the FGD measure; the largest job of whole GPUs that fits one node had "
              f"{fact['largest_job']}, the largest gang {fact['largest_gang']}")
    """#

  static let fillingText = #"""
    ## Filling

    Only in filling studies, whose jobs arrive one by one and stay: what is allocated and what is fragmented
    (the FGD measure) after each arrival (table `filling`).
    """#

  static let filling = #"""
    rows = read("filling")
    if rows:
        fleet = rows[-1]["fleet_gpus"] / 100
        arrived = [row["arrived_gpus"] / fleet for row in rows]
        figure, axes = plt.subplots()
        axes.plot(arrived, [row["allocated_gpus"] / fleet for row in rows], color="#0072b2",
                  label="allocated")
        axes.plot(arrived, [row["fragmented_gpus"] / fleet for row in rows], color="#d55e00",
                  label="fragmented")
        axes.axhline(100, color="black", linewidth=0.8, linestyle="--", label="the fleet's GPUs")
        axes.set(title="Allocation and fragmentation as the fleet fills",
                 xlabel="GPUs asked for so far (% of the fleet's)", ylabel="% of the fleet's GPUs")
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        legend(axes)
        plt.show()
    else:
        print(f"run {run} is no filling study: nothing to draw here")
    """#
}
