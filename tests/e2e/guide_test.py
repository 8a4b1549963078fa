"""What docs/guides/ shows that needs no corpus: the step of gradient descent, and the picture of a trace."""

import json
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as xml

from support import DOCS, SememeTest

DRAW = DOCS.parent / "tools" / "draw_trace.py"


def python(*arguments):
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=True).stdout


class Learning(SememeTest):
    def test_the_step_gives_the_numbers_shown(self):
        page = (DOCS / "guides" / "learning.md").read_text()
        code, shown = re.search(r"```python\n(from math.*?)```\n\n((?:    [^\n]*\n)+)", page, re.DOTALL).groups()
        self.assertEqual(python("-c", code), re.sub("^    ", "", shown, flags=re.MULTILINE))

    def test_a_trace_is_drawn(self):
        page = (DOCS / "formats" / "training-trace.md").read_text()
        trace = json.loads(page.split("```json\n")[1].split("```")[0])
        drawing = xml.fromstring(python(DRAW, self.write("trace.json", json.dumps(trace))))
        ways = [node.get("points").split() for node in drawing if node.tag.endswith("polyline")]
        self.assertEqual([len(way) for way in ways], [len(trace["steps"])] * len(trace["points"]))
        labels = {node.text for node in drawing if node.tag.endswith("text")}
        self.assertEqual(labels, {point["word"] for point in trace["points"]})
        # king comes to an end near queen, and far from river.
        ends = dict(zip((p["word"] for p in reversed(trace["points"])), ([float(x) for x in way[-1].split(",")] for way in ways)))
        distance = lambda a, b: sum((x - y) ** 2 for x, y in zip(ends[a], ends[b])) ** 0.5
        self.assertLess(20 * distance("king", "queen"), distance("king", "river"))


if __name__ == "__main__":
    unittest.main()
