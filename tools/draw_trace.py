#!/usr/bin/env python3
"""Draws a training trace (docs/formats/training-trace.md): the ways of words over the map, from before training to its end.

    tools/draw_trace.py words.bin.trace.json > trace.svg

Chosen words are large and have colours, which their neighbours of the last step share; a line is the way of a word, its label
stands where it ends.
"""

import json
import sys
from html import escape

WIDTH, HEIGHT, MARGIN = 960, 720, 50
COLOURS = ["#1b6ca8", "#c0392b", "#1e8449", "#8e44ad", "#b9770e", "#117a65", "#6e2c00", "#34495e"]
LINE = 13  # pixels that a label takes


def read(path):
    with open(path, encoding="utf-8") as file:
        trace = json.load(file)
    if (trace.get("format"), trace.get("version")) != ("sememe training trace", 1):
        sys.exit(f"{path}: expected a sememe training trace of version 1")
    return trace


def colours(trace):
    """Of each point: of the chosen word that it is, or is nearest to as a neighbour of the last step."""
    chosen = [p["word"] for p in trace["points"] if p["chosen"]]
    best = {word: (2, i) for i, word in enumerate(chosen)}
    for i, of in enumerate(trace["steps"][-1]["chosen"]):
        for n in of["neighbors"]:
            best[n["word"]] = max(best.get(n["word"], (-2, 0)), (n["cosine"], i))
    return [COLOURS[best[p["word"]][1] % len(COLOURS)] for p in trace["points"]]


def to_pixels(steps):
    """Positions [steps][points] in pixels, both axes at one scale."""
    flat = [place for step in steps for place in step["positions"]]
    low = [min(p[axis] for p in flat) for axis in (0, 1)]
    high = [max(p[axis] for p in flat) for axis in (0, 1)]
    scale = min((size - 2 * MARGIN) / max(high[axis] - low[axis], 1e-9) for axis, size in enumerate((WIDTH, HEIGHT)))
    middle = [(low[axis] + high[axis]) / 2 for axis in (0, 1)]
    return [[(WIDTH / 2 + (x - middle[0]) * scale, HEIGHT / 2 - (y - middle[1]) * scale) for x, y in step["positions"]]
            for step in steps]


def label_places(ends, words):
    """Beside each end, lower or higher where another label stands already; the first ones come first."""
    taken = []
    places = []
    for (x, y), word in zip(ends, words):
        width = 8 * len(word) + 4
        left = x + 6 if x + 6 + width < WIDTH else x - 6 - width
        for shift in sorted(range(-20, 21), key=abs):
            top = y + shift * LINE / 2
            if LINE < top < HEIGHT - 4 and all(left + width < l or l + w < left or abs(top - t) >= LINE for l, t, w in taken):
                break
        taken.append((left, top, width))
        places.append((left, top))
    return places


def draw(trace):
    pixels = to_pixels(trace["steps"])
    points = trace["points"]
    of = colours(trace)
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">'
           f'<title>{escape(trace["model"])}, {trace["total_words"]:,} words: ways of words while they are learned</title>'
           '<rect width="100%" height="100%" fill="#fff"/>')
    for i in reversed(range(len(points))):
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in (step[i] for step in pixels))
        width, opacity = (2, 0.8) if points[i]["chosen"] else (1, 0.25)
        yield f'<polyline points="{way}" fill="none" stroke="{of[i]}" stroke-width="{width}" opacity="{opacity}"/>'
    places = label_places(pixels[-1], [p["word"] for p in points])
    styles = [' font-weight="bold" font-size="14"' if p["chosen"] else "" for p in points]
    texts = [f'x="{left:.1f}" y="{top + 4:.1f}"{style}>{escape(p["word"])}</text>'
             for p, (left, top), style in zip(points, places, styles)]
    yield from (f'<text stroke="#fff" stroke-width="3" stroke-linejoin="round" {text}' for text in texts)
    for i in reversed(range(len(points))):
        (x, y), (left, top) = pixels[-1][i], places[i]
        if abs(top - y) > LINE:
            yield f'<path d="M{x:.1f},{y:.1f}L{left:.1f},{top:.1f}" stroke="{of[i]}" stroke-width="0.5"/>'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{5 if points[i]["chosen"] else 2.5}" fill="{of[i]}"/>'
        yield f'<text fill="{of[i]}" {texts[i]}'
    yield "</svg>"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print("\n".join(draw(read(sys.argv[1]))))


if __name__ == "__main__":
    main()
