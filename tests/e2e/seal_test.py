"""Vectors sealed under a graph: sememe index --graph-from, search --recall, and what becomes of a damaged segment."""

import random
import signal
import subprocess
import time
import unittest

from support import PROGRAM, TINY, SememeTest

WORDS = "sun rain wind soil seed root leaf stem bud rose oak elm ash fir moss fern".split()


class Sealed(SememeTest):
    def documents(self, count, first=0):
        for number in range(first, first + count):
            rng = random.Random(number)
            lines = [" ".join(rng.choice(WORDS) for _ in range(9)) + "." for _ in range(20)]
            self.write(f"docs/{number:03}.txt", "\n\n".join(lines))

    def seal(self, *arguments):
        return self.index("docs", "--max-tokens", "24", "--graph-from", "100", *arguments)

    def segment(self):
        found = list((self.directory / ".sememe").glob("*.graph*"))
        self.assertEqual(len(found), 1, found)
        return found[0]

    def places(self, query, *arguments):
        return [(hit["path"], hit["begin"], hit["score"]) for hit in self.search(query, *arguments)]

    def test_the_answer_is_the_same_with_a_segment(self):
        self.documents(12)
        self.assertEqual(self.index("docs", "--max-tokens", "24")["sealed"], 0)
        self.assertFalse(list((self.directory / ".sememe").glob("*.graph")))
        query = "rose and moss in the wind"
        before = self.places(query)
        self.assertTrue(self.expect(0, "search", "--json", query).json["exact"])
        report = self.seal()
        self.assertGreater(report["sealed"], 100)
        self.assertEqual(report["embedded"], 0)
        self.assertEqual(self.seal()["sealed"], 0)
        self.assertEqual(self.segment().name, f"vectors-000001-{report['sealed']}.graph")

        found = self.expect(0, "search", "--json", query).json
        self.assertFalse(found["exact"])
        self.assertEqual(found["notice"], "")
        self.assertEqual(self.places(query), before)
        self.assertEqual(self.places(query, "--recall", "1"), before)
        self.assertTrue(self.expect(0, "search", "--json", "--recall", "1.0", query).json["exact"])
        for recall in ("0", "1.01", "-1", "many"):
            self.expect_error(2, "--recall", "search", "--recall", recall, query)

    def test_what_comes_and_goes_after_the_seal_is_found_and_not_found(self):
        self.documents(12)
        self.seal()
        self.write("docs/late.txt", "A heron stands in the river.\n")
        (self.directory / "docs/003.txt").unlink()
        text = "A hedge of thorns around the old orchard."
        self.write("docs/004.txt", text + "\n")
        self.assertEqual(self.seal()["sealed"], 0)
        self.assertFalse(self.expect(0, "search", "--json", "heron").json["exact"])
        self.assertEqual(self.search("A heron stands in the river.")[0]["path"], "docs/late.txt")
        self.assertEqual(self.search(text)[0]["path"], "docs/004.txt")
        hits = self.search("rose and moss in the wind", "-k", "500")
        self.assertNotIn("docs/003.txt", {hit["path"] for hit in hits})
        self.assertEqual({hit["text"] for hit in hits if hit["path"] == "docs/004.txt"}, {text})
        self.expect(0, "store", "verify")

    def test_store_info_says_what_is_sealed(self):
        self.documents(12)
        self.index("docs", "--max-tokens", "24")
        self.assertIn("segment    none", self.expect(0, "store", "info").out)
        sealed = self.seal()["sealed"]
        self.write("docs/late.txt", "A heron stands in the river.\n")
        self.seal()
        info = self.expect(0, "store", "info", "--json").json["segment"]
        self.assertEqual((info["sealed_vectors"], info["compared_vectors"], info["fault"]), (sealed, 1, ""))
        self.assertEqual(info["bytes"], self.segment().stat().st_size)
        self.assertTrue(all(0 <= at["recall"] <= 1 and at["k"] in (10, 30, 100) for at in info["recall"]))
        self.assertTrue(info["recall"])
        out = self.expect(0, "store", "info").out
        self.assertRegex(out, rf"segment    {sealed:,} vectors under a graph, 1 compared, [\d,]+ bytes\n")
        self.assertRegex(out, r"recall     of the best 10: [01]\.\d{3} at effort \d+")

    def test_a_damaged_or_missing_segment_is_named_and_mended(self):
        self.documents(12)
        self.seal()
        path = self.segment()
        whole = path.read_bytes()
        query = "rose and moss in the wind"
        expected = self.places(query, "--recall", "1")

        def expect_named():
            found = self.expect(0, "search", "--json", query)
            self.assertIn(path.name, found.err)
            self.assertIn('"sememe index"', found.err)
            self.assertIn(path.name, found.json["notice"])
            self.assertTrue(found.json["exact"])
            expect_mended()

        def expect_mended():
            self.assertEqual(self.places(query), expected)
            self.expect_error(8, "found 1", "store", "verify")
            self.assertIn("not usable", self.expect(0, "store", "info").out)
            mended = self.expect(0, "index", "--model", TINY, "docs", "--max-tokens", "24")
            self.assertIn("made again", mended.err)
            self.assertIn(path.name, mended.err)
            self.assertEqual(path.read_bytes(), whole)
            self.expect(0, "store", "verify")
            self.assertEqual(self.expect(0, "search", query).err, "")

        def damage(begin, end):
            path.write_bytes(whole[:begin] + bytes(b ^ 0x41 for b in whole[begin:end]) + whole[end:])

        for at in (0, 9, 40, 200):
            damage(at, at + 1)
            expect_named()
        damage(len(whole) // 8, len(whole))
        expect_named()
        # One node, which the search may not come to.
        for at in (len(whole) // 2, len(whole) - 1):
            damage(at, at + 1)
            expect_mended()
        path.write_bytes(b"")
        expect_named()
        path.unlink()
        expect_named()

    def test_a_kill_while_sealing_loses_nothing(self):
        self.documents(60)
        self.index("docs", "--max-tokens", "24", "--graph-from", "0")
        before = self.places("rose and moss in the wind")
        for delay in (0.02, 0.1, 0.2, 0.4, 0.8):
            process = subprocess.Popen(
                [PROGRAM, "index", "--model", str(TINY), "docs", "--max-tokens", "24", "--graph-from", "100"],
                cwd=self.directory, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.assertEqual(self.places("rose and moss in the wind", "--recall", "1"), before)
        self.seal()
        self.expect(0, "store", "verify")
        self.assertRegex(self.segment().name, r"^vectors-000001-\d+\.graph$")
        self.assertEqual(self.places("rose and moss in the wind", "--recall", "0.99")[0], before[0])

    def test_ctrl_c_while_sealing_leaves_the_documents(self):
        self.documents(60)
        process = subprocess.Popen(
            [PROGRAM, "index", "--model", str(TINY), "docs", "--max-tokens", "24", "--graph-from", "100",
             "--progress", "always"],
            cwd=self.directory, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        seen = b""
        while b"graph of vectors" not in seen:
            part = process.stderr.read1()
            self.assertTrue(part, seen[-500:])
            seen += part
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        self.assertEqual(process.returncode, 130, err)
        self.assertIn(b"interrupted: the documents are in the store", err)
        self.assertIn(b"60 added", out)
        info = self.expect(0, "store", "info", "--json").json
        self.assertEqual((info["documents"], info["segment"]["sealed_vectors"]), (60, 0))
        self.expect(0, "store", "verify")
        self.assertGreater(self.seal()["sealed"], 100)


if __name__ == "__main__":
    unittest.main()
