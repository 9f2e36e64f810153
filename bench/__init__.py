"""The benchmark: what a scan costs beside what anybody's server would cost, as ratios within one run."""
