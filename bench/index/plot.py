#!/usr/bin/env python3
"""Draws a result of race.py: queries a CPU-second over recall, a line a contender.

    bench/index/plot.py index-hard250k.json > index-hard250k.svg

Recall is spaced by the logarithm of what is missed, so that 0.99 is as far from 0.9 as 0.9 is from 0; both axes are
logarithmic then, and the curves of graphs nearly straight.
"""

import json
import math
import pathlib
import sys
from html import escape

WIDTH, HEIGHT = 960, 560
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 40, 50
RECALLS = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998)
COLOURS = ["#c0392b", "#1b6ca8", "#117a65", "#8e44ad", "#b9770e", "#34495e", "#6e2c00"]
DASHES = ["", "6 3", "2 3"]
OWN = "#1e8449"
LINE = 15  # pixels that a label takes


def across(recall):
    """Pixels of a recall on the horizontal axis."""
    low, high = (-math.log(1 - recall) for recall in (RECALLS[0], RECALLS[-1]))
    return LEFT + (-math.log(1 - recall) - low) / (high - low) * (WIDTH - LEFT - RIGHT)


class Speeds:
    """The vertical axis, from the slowest to the fastest point."""

    def __init__(self, speeds):
        self.low, self.high = math.log10(min(speeds) / 1.2), math.log10(max(speeds) * 1.2)

    def down(self, speed):
        share = (math.log10(speed) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    def ticks(self):
        values = (digit * 10**power for power in range(1, 7) for digit in (1, 2, 5))
        return [value for value in values if self.low <= math.log10(value) <= self.high]


def spread(places):
    """Where labels stand that would like to be at `places`: in their order, a line apart."""
    order = sorted(range(len(places)), key=places.__getitem__)
    out = [0.0] * len(places)
    lowest = TOP
    for place in order:
        out[place] = lowest = max(places[place], lowest)
        lowest += LINE
    over = max(0.0, lowest - LINE - (HEIGHT - BOTTOM))
    return [place - over for place in out]


def styles(results):
    """A colour and dashes for each contender; sememe's lines are thick."""
    peers = 0
    for result in results:
        if result["contender"].startswith("sememe"):
            yield OWN, "", 3.5
        else:
            yield COLOURS[peers % len(COLOURS)], DASHES[peers // len(COLOURS) % len(DASHES)], 1.8
            peers += 1


def axes(whole, speeds):
    title = (f'{whole["data"]}: {whole["rows"]:,} x {whole["dim"]}, {whole["metric"]}, recall@{whole["k"]}, '
             "one thread")
    yield f'<text x="{LEFT}" y="22" font-size="15" font-weight="bold">{escape(title)}</text>'
    for recall in RECALLS:
        x = across(recall)
        yield f'<path d="M{x:.1f},{TOP}V{HEIGHT - BOTTOM}" stroke="#ddd"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{recall}</text>'
    for speed in speeds.ticks():
        y = speeds.down(speed)
        yield f'<path d="M{LEFT},{y:.1f}H{WIDTH - RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{speed:,}</text>'
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">recall</text>'
    yield (f'<text transform="translate(14,{HEIGHT / 2}) rotate(-90)" text-anchor="middle">'
           "queries a CPU-second</text>")


def draw(whole):
    """A result as SVG."""
    lines = []
    for result in whole["results"]:
        seen = [point for point in result["points"] if point["recall"] >= RECALLS[0]]
        beyond = sum(point["recall"] < RECALLS[-1] for point in seen) + 1  # the first one of these ends the line
        if seen:
            lines.append((result, [(min(point["recall"], RECALLS[-1]), point["qps_cpu"]) for point in seen[:beyond]]))
    speeds = Speeds([speed for _, points in lines for _, speed in points])
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="#fff"/>', *axes(whole, speeds)]
    labels = spread([speeds.down(points[-1][1]) for _, points in lines])
    for (result, points), (colour, dashes, width), label in zip(lines, styles([r for r, _ in lines]), labels):
        pixels = [(across(recall), speeds.down(speed)) for recall, speed in points]
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in pixels)
        dash = f' stroke-dasharray="{dashes}"' if dashes else ""
        out.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="{width}"{dash}/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in pixels]
        x, y = pixels[-1]
        out.append(f'<path d="M{x:.1f},{y:.1f}L{WIDTH - RIGHT + 8},{label:.1f}" stroke="{colour}" stroke-width="0.5"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 12}" y="{label + 4:.1f}" fill="{colour}">{escape(result["contender"])}</text>')
    return "\n".join([*out, "</svg>"]) + "\n"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(draw(json.loads(pathlib.Path(sys.argv[1]).read_text())), end="")


if __name__ == "__main__":
    main()
