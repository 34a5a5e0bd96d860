/// Who waited, for what and for how long.
extension NotebookCells {
  static let waitingText = #"""
    ## Waiting over time

    GPUs asked for by waiting jobs, by tenant, and the number of jobs in the queue (view `series_view`).
    """#

  static let waiting = #"""
    rows = read("waiting_over_time")
    if any(row["waiting_gpus"] or row["queued_jobs"] for row in rows):
        buckets = {row["bucket"]: row for row in rows}
        bounds, label = time_axis(list(buckets.values()))
        gpus = {(row["bucket"], row["tenant"]): row["waiting_gpus"] for row in rows}
        tenants = ordered(row["tenant"] for row in rows)
        tenants.sort(key=lambda tenant: -sum(gpus.get((bucket, tenant), 0) for bucket in buckets))
        shown, rest = tenants[:7], tenants[7:]
        layers = [(tenant, [gpus.get((bucket, tenant), 0) for bucket in buckets], colour(place))
                  for place, tenant in enumerate(shown)]
        if rest:
            layers.append((f"{len(rest)} other tenants",
                           [sum(gpus.get((bucket, tenant), 0) for tenant in rest) for bucket in buckets],
                           colour(7)))
        queue = dict.fromkeys(buckets, 0)
        for row in rows:
            queue[row["bucket"]] += row["queued_jobs"]
        figure, (demand, jobs) = plt.subplots(2, 1, sharex=True, figsize=(9.5, 5.5))
        stack(demand, bounds, layers)
        demand.set(title="Demand of waiting jobs", ylabel="GPUs (mean of each bucket)")
        legend(demand)
        jobs.step(bounds, held(list(queue.values())), where="post", color="black", linewidth=1,
                  label="all tenants")
        jobs.set(title="Queue", xlabel=label, ylabel="jobs (mean of each bucket)")
        jobs.set_ylim(bottom=0)
        legend(jobs)
        plt.show()
    elif rows:
        print(f"no job of run {run} waited in the measured time")
    else:
        print(f"no series of waiting were stored for run {run}: nothing to draw over time")
    """#

  static let causeText = #"""
    ## What jobs waited for

    Time that the counted jobs waited, by size (GPUs of a job) and cause: GPU-hours weigh each job with its
    GPUs, job-hours count all jobs alike (view `wait_total_view`).
    """#

  static let cause = #"""
    rows = read("waiting_by_cause")
    if any(row["job_hours"] for row in rows):
        present = [size for size in sizes if any(row["size"] == size for row in rows)]
        causes = ordered(row["cause"] for row in rows)
        causes.sort(key=lambda cause: -sum(row["gpu_hours"] for row in rows if row["cause"] == cause))
        figure, panels = plt.subplots(1, 2, sharey=True)
        for axes, column, unit in zip(panels, ["gpu_hours", "job_hours"], ["GPU-hours", "job-hours"]):
            left = [0.0] * len(present)
            for place, cause in enumerate(causes):
                hours = [sum(row[column] for row in rows if (row["size"], row["cause"]) == (size, cause))
                         for size in present]
                axes.barh(present, hours, left=left, color=colour(place),
                          label=cause.replace("_", " "), hatch="//" if place >= len(palette) else None)
                left = [before + more for before, more in zip(left, hours)]
            axes.set(title=f"Waiting in {unit}", xlabel=unit, ylim=(-1, len(present)))
        panels[0].set_ylabel("size of the job (GPUs)")
        legend(panels[1])
        plt.show()
    else:
        print(f"no waiting by cause was stored for run {run}: no job waited, or the results file is old")
    """#

  static let percentileText = #"""
    ## How long jobs waited

    Percentiles of the waiting time of started jobs, by size (view `metric_view`, metrics `wait.p50` to
    `wait.max`); the axis is linear below one minute and logarithmic above.
    """#

  static let percentile = #"""
    rows = read("wait_percentiles")
    present = [size for size in sizes if any(row["size"] == size for row in rows)]
    if any(row["wait_s"] for row in rows):
        stages = ordered(row["percentile"] for row in rows)
        stages.sort()
        figure, axes = plt.subplots()
        width = 0.8 / len(stages)
        for place, stage in enumerate(stages):
            waits = {row["size"]: row["wait_s"] / 60 for row in rows if row["percentile"] == stage}
            axes.bar([number + (place + 0.5) * width - 0.4 for number in range(len(present))],
                     [waits.get(size, 0) for size in present], width, color=colour(place),
                     label="longest" if stage == 100 else f"{stage} %")
        axes.set_yscale("symlog", linthresh=1)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_ylim(bottom=0)
        axes.set_xticks(range(len(present)), present)
        axes.grid(axis="x", visible=False)
        axes.set(title="Waiting time by size: so many jobs waited no longer",
                 xlabel="size of the job (GPUs)", ylabel="waiting time (minutes)")
        legend(axes)
        plt.show()
    elif rows:
        print(f"no job of run {run} that started had waited")
    else:
        print(f"no waiting times were stored for run {run}: no job started")
    """#
}
