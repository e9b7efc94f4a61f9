"""What things cost, measured.

`python -m bench` (or `make bench`) runs every section, prints a table, compares it with the project's targets, and
writes `bench/results/latest.json` and the plots of `docs/performance.md`. Microseconds mean nothing on a shared
machine: whatever is compared runs in one process, in turns, and is reported as the median of the turns' ratios.

`timing` measures, `workloads` makes rule sets and events, `handwritten` is what a programmer would write without us,
`peers` are other engines, `sections` are the experiments, `report` and `plots` present the results.
"""
