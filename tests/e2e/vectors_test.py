"""neighbors on rows of plain vectors and eval index: vectors of one's own, without words."""

import json
import random
import struct
import unittest

from support import SememeTest


def write_fvecs(path, rows):
    path.write_bytes(b"".join(struct.pack(f"<i{len(row)}f", len(row), *row) for row in rows))


def draw_rows(count, dims, seed):
    """Rows around twenty centres."""
    draw = random.Random(seed)
    centres = random.Random(99)
    centres = [[centres.gauss(0, 1) for _ in range(dims)] for _ in range(20)]
    return [[c + draw.gauss(0, 0.4) for c in draw.choice(centres)] for _ in range(count)]


class VectorsTest(SememeTest):
    def setUp(self):
        super().setUp()
        self.rows = draw_rows(2000, 24, 1)
        self.queries = draw_rows(30, 24, 2)
        write_fvecs(self.directory / "base.fvecs", self.rows)
        write_fvecs(self.directory / "queries.fvecs", self.queries)

    def nearest(self, query, k, without=None):
        def square(row):
            return sum((a - b) ** 2 for a, b in zip(self.rows[row], query))
        return sorted((row for row in range(len(self.rows)) if row != without), key=square)[:k]

    def neighbors(self, *options):
        out = self.expect(0, "neighbors", "--vectors", "base.fvecs", "--metric", "l2", "--json", *options).out
        return [[n["row"] for n in json.loads(line)["neighbors"]] for line in out.splitlines()]

    def test_neighbors_of_a_row_leave_it_out(self):
        self.assertEqual(self.neighbors("--row", "5", "-k", "7"), [self.nearest(self.rows[5], 7, without=5)])

    def test_neighbors_by_an_index_that_is_kept(self):
        exact = self.neighbors("--queries", "queries.fvecs")
        self.assertEqual(exact, [self.nearest(query, 10) for query in self.queries])
        built = self.expect(0, "neighbors", "--vectors", "base.fvecs", "--metric", "l2", "--recall", "0.95",
                            "--queries", "queries.fvecs", "--json")
        self.assertIn("built an index of 2,000 vectors", built.err)
        kept = self.directory / "base.fvecs.l2.graph"
        self.assertTrue(kept.exists())
        again = self.expect(0, "neighbors", "--vectors", "base.fvecs", "--metric", "l2", "--recall", "0.95",
                            "--queries", "queries.fvecs", "--json")
        self.assertEqual((again.out, again.err), (built.out, ""))
        found = [{n["row"] for n in json.loads(line)["neighbors"]} for line in again.out.splitlines()]
        hits = sum(len(set(e) & f) for e, f in zip(exact, found))
        self.assertGreaterEqual(hits, 0.93 * 10 * len(exact))
        # A damaged one is built again, and said to be.
        damaged = bytearray(kept.read_bytes())
        damaged[len(damaged) // 2] ^= 1
        kept.write_bytes(damaged)
        mended = self.expect(0, "neighbors", "--vectors", "base.fvecs", "--metric", "l2", "--recall", "0.95",
                             "--queries", "queries.fvecs", "--json")
        self.assertEqual(mended.out, built.out)
        self.assertIn("base.fvecs.l2.graph", mended.err)

    def test_bad_vectors_are_named(self):
        self.expect_error(2, "2000 rows", "neighbors", "--vectors", "base.fvecs", "--row", "2000")
        (self.directory / "cut.fvecs").write_bytes((self.directory / "base.fvecs").read_bytes()[:-5])
        self.expect_error(8, "cut.fvecs", "neighbors", "--vectors", "cut.fvecs", "--row", "0")
        write_fvecs(self.directory / "narrow.fvecs", draw_rows(3, 23, 1))
        self.expect_error(2, "expected vectors of 24 dimensions, found 23", "neighbors", "--vectors", "base.fvecs",
                          "--queries", "narrow.fvecs")
        write_fvecs(self.directory / "nan.fvecs", [[1.0, 2.0], [3.0, float("nan")]])
        self.expect_error(2, "row 1", "neighbors", "--vectors", "nan.fvecs", "--row", "0")

    def test_eval_index_reports_recall_and_speed(self):
        for layout, most in (("fast", 900), ("compact", 350)):
            report = self.expect(0, "eval", "index", "--vectors", "base.fvecs", "--queries", "queries.fvecs", "--layout", layout,
                                 "--metric", "l2", "--recall", "0.9", "0.99", "1", "--json").json
            self.assertEqual((report["rows"], report["dims"]), (2000, 24))
            self.assertLess(report["index_bytes_per_vector"], most)
            self.assertEqual([t["target"] for t in report["targets"]], [0.9, 0.99, 1.0])
            for target in report["targets"]:
                self.assertGreaterEqual(target["recall"], target["target"] - 0.04)
                self.assertGreater(target["qps_cpu"], 0)
                self.assertLessEqual(target["p50_us"], target["p99_us"])
            self.assertEqual(report["targets"][2]["recall"], 1.0)


if __name__ == "__main__":
    unittest.main()
