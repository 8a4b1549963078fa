"""Curves of recall over queries per CPU-second, and what is read from them.

A point: {"effort", "recall", "qps_cpu", "p50_us", "p99_us"}.
"""

import math


def frontier(points, slack=0.0):
    """The points that no other point beats in both recall and speed, by rising recall; `slack` keeps those that are
    slower by so large a share too."""
    kept = []
    fastest = 0.0
    for point in sorted(points, key=lambda point: (-point["recall"], -point["qps_cpu"])):
        if point["qps_cpu"] > fastest * (1 - slack):
            kept.append(point)
        fastest = max(fastest, point["qps_cpu"])
    return kept[::-1]


def at(points, recall):
    """The figures of a curve at a recall: logarithms are interpolated between the two points around it. The point of the
    lowest recall stands for all below it; None above the highest."""
    curve = frontier(points)
    above = next((place for place, point in enumerate(curve) if point["recall"] >= recall), None)
    if above is None:
        return None
    high, low = curve[above], curve[max(above - 1, 0)]
    span = high["recall"] - low["recall"]
    share = (recall - low["recall"]) / span if span > 0 and low["recall"] < recall else 1.0
    return {
        key: math.exp((1 - share) * math.log(low[key]) + share * math.log(high[key]))
        for key in ("qps_cpu", "p50_us", "p99_us")
    }
