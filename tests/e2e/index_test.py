"""sememe index and sememe search: what is stored, what is done again, what is found."""

import os
import random
import signal
import subprocess
import time
import unittest

from support import PROGRAM, TINY, SememeTest, needs_model

GARDEN = """# Garden

## Tomatoes

Tomatoes need sun and warm soil. Water them in the morning.

## Frost

Cover the beds before the first frost, or the young plants die.
"""
KITCHEN = """# Kitchen

## Bread

Mix flour, water, salt and yeast. Let the dough rest for an hour before you bake it.

## Soup

Boil onions and carrots, then add lentils and salt.
"""


class Sync(SememeTest):
    def test_only_what_changed_is_embedded_again(self):
        self.write("docs/garden.md", GARDEN)
        self.write("docs/kitchen.md", KITCHEN)
        first = self.index("docs")
        self.assertEqual((first["added"], first["unchanged"]), (2, 0))
        self.assertEqual(first["embedded"], first["passages"])
        self.assertGreaterEqual(first["passages"], 4)

        second = self.index("docs")
        self.assertEqual((second["added"], second["updated"], second["unchanged"], second["embedded"]), (0, 0, 2, 0))

        self.write("docs/kitchen.md", KITCHEN.replace("carrots", "leeks"))
        third = self.index("docs")
        self.assertEqual((third["updated"], third["unchanged"], third["embedded"]), (1, 1, 1), third)

    def test_touched_files_are_not_embedded_and_removed_files_go(self):
        path = self.write("docs/garden.md", GARDEN)
        self.write("docs/kitchen.md", KITCHEN)
        self.index("docs")
        os.utime(path, ns=(1, 1))
        touched = self.index("docs")
        self.assertEqual((touched["updated"], touched["embedded"]), (0, 0), touched)
        path.unlink()
        removed = self.index("docs")
        self.assertEqual(removed["removed"], 1)
        self.assertEqual({hit["path"] for hit in self.search("tomatoes")}, {"docs/kitchen.md"})

    def test_renamed_file_keeps_its_vectors(self):
        self.write("docs/garden.md", GARDEN).rename(self.directory / "docs" / "old.md")
        self.index("docs")
        (self.directory / "docs/old.md").rename(self.directory / "docs/new.md")
        moved = self.index("docs")
        self.assertEqual((moved["added"], moved["removed"], moved["embedded"]), (1, 1, 0), moved)

    def test_one_path_leaves_documents_elsewhere_alone(self):
        self.write("a/garden.md", GARDEN)
        self.write("b/kitchen.md", KITCHEN)
        self.index("a", "b")
        (self.directory / "b/kitchen.md").unlink()
        self.assertEqual(self.index("a")["removed"], 0)
        self.assertEqual(self.index("b")["removed"], 1)

    def test_dry_run_says_the_same_and_changes_nothing(self):
        self.write("docs/garden.md", GARDEN)
        planned = self.index("docs", "--dry-run")
        self.assertFalse((self.directory / ".sememe").exists())
        done = self.index("docs")
        for field in ("added", "updated", "unchanged", "removed", "passages"):
            self.assertEqual(planned[field], done[field], field)
        self.write("docs/kitchen.md", KITCHEN)
        self.assertEqual(self.index("docs", "--dry-run")["added"], 1)
        self.assertEqual(self.expect(0, "store", "info", "--json").json["documents"], 1)

    def test_ignored_binary_and_large_files_are_counted_by_reason(self):
        self.write(".gitignore", "*.log\n")
        self.write(".git/HEAD", "ref: refs/heads/main\n")
        self.write("notes.txt", "a note about nothing in particular\n")
        self.write("build.log", "log\n")
        self.write("image.txt", b"\x89PNG\r\n\0\0\0\rIHDR" + bytes(100))
        large = self.write("large.txt", "")
        os.truncate(large, 2 << 30)
        report = self.index(".")
        self.assertEqual(report["added"], 1, report)
        self.assertEqual(report["skipped"]["ignored"], 1)
        self.assertEqual(report["skipped"]["binary"], 1)
        self.assertEqual(report["skipped"]["too large"], 1)
        self.assertEqual(sum(report["skipped"].values()), len(report["skipped_files"]))

    def test_store_is_found_from_below_and_paths_are_for_here(self):
        self.write("docs/deep/garden.md", GARDEN)
        self.index("docs")
        hits = self.search("frost", cwd=self.directory / "docs")
        self.assertEqual(hits[0]["path"], "deep/garden.md")


class StoredPrecision(SememeTest):
    def test_a_store_keeps_its_precision(self):
        self.write("docs/garden.md", GARDEN)
        self.assertEqual(self.index("docs", "--precision", "near")["precision"], "near")
        self.write("docs/kitchen.md", KITCHEN)
        again = self.index("docs")
        self.assertEqual(again["precision"], "near")
        self.assertGreater(again["peak_memory_bytes"], 1 << 20)
        self.assertEqual(self.expect(0, "store", "info", "--json").json["precision"], "near")
        self.assertIn("precision  near\n", self.expect(0, "store", "info").out)
        self.assertEqual(self.expect(0, "search", "--json", "frost").json["precision"], "near")
        self.expect(0, "search", "--json", "frost", "--precision", "near")

    def test_another_precision_is_refused_with_the_fix(self):
        self.write("docs/garden.md", GARDEN)
        self.index("docs")
        before = self.search("frost")
        for command in (("index", "docs"), ("index", "docs", "--dry-run"), ("search", "frost")):
            result = self.expect_error(5, 'expected precision "fast"', *command, "--precision", "exact")
            for part in ('found "exact"', "--precision fast", "index again"):
                self.assertIn(part, result.err)
            self.expect_error(5, 'found "exact"', *command, env={"SEMEME_PRECISION": "exact"})
        self.assertEqual(self.search("frost"), before)

    def test_a_new_store_takes_the_precision_of_the_environment(self):
        self.write("docs/garden.md", GARDEN)
        self.assertEqual(self.index("docs", env={"SEMEME_PRECISION": "exact"})["precision"], "exact")
        self.assertEqual(self.index("docs")["precision"], "exact")


class Search(SememeTest):
    def test_hits_name_the_lines_and_bytes_of_the_file(self):
        self.write("docs/garden.md", GARDEN)
        self.write("docs/kitchen.md", KITCHEN)
        self.index("docs")
        hits = self.search("when to cover the beds", "-k", "10")
        self.assertEqual([hit["rank"] for hit in hits], list(range(1, len(hits) + 1)))
        scores = [hit["score"] for hit in hits]
        self.assertEqual(scores, sorted(scores, reverse=True))
        for hit in hits:
            self.assertTrue(0 <= hit["score"] <= 1)
            source = (self.directory / hit["path"]).read_bytes()
            self.assertEqual(source[hit["begin"]:hit["end"]].decode(), hit["text"])
            self.assertEqual(source[:hit["begin"]].count(b"\n") + 1, hit["line"])
            self.assertEqual(source[:hit["end"] - 1].count(b"\n") + 1, hit["end_line"])

    def test_plain_output_is_path_line_and_passage(self):
        self.write("garden.md", GARDEN)
        self.index("garden.md")
        out = self.expect(0, "search", "-k", "1", "frost").out
        self.assertRegex(out, r"^garden\.md:\d+  [01]\.\d{3}  Garden")
        self.assertNotIn("\x1b", out)

    def test_a_passage_finds_itself_with_score_one(self):
        self.write("note.txt", "The quick brown fox jumps over the lazy dog.\n")
        self.index("note.txt")
        self.assertAlmostEqual(self.search("The quick brown fox jumps over the lazy dog.")[0]["score"], 1, places=5)

    @needs_model
    def test_the_default_model_answers_by_meaning(self):
        self.write("docs/garden.md", GARDEN)
        self.write("docs/kitchen.md", KITCHEN)
        self.expect(0, "index", "docs")
        top = self.search("protect seedlings from cold nights")[0]
        self.assertEqual((top["path"], top["line"]), ("docs/garden.md", 7), top)
        top = self.search("how do I make a loaf?")[0]
        self.assertEqual(top["heading"], "Kitchen > Bread", top)


class Crash(SememeTest):
    def documents(self, count):
        words = "sun rain wind soil seed root leaf stem bud rose oak elm ash fir moss fern".split()
        rng = random.Random(7)
        for number in range(count):
            lines = [" ".join(rng.choice(words) for _ in range(9)) + "." for _ in range(40)]
            self.write(f"docs/{number:03}.txt", "\n\n".join(lines))

    def state(self):
        info = self.expect(0, "store", "info", "--json").json
        hits = self.search("rose and moss in the wind", "-k", "50")
        return info["documents"], info["passages"], [(h["path"], h["line"], h["score"], h["text"]) for h in hits]

    def test_kill_9_loses_nothing_and_the_next_run_goes_on(self):
        self.documents(60)
        self.index("docs", "--store", "clean/.sememe", cwd=self.directory)
        seen = 0
        for delay in (0.05, 0.15, 0.3, 0.1, 0.2):
            process = subprocess.Popen([PROGRAM, "index", "--model", str(TINY), "docs"], cwd=self.directory,
                                       env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait()
            if (self.directory / ".sememe/store.sqlite").exists():
                info = self.run_sememe("store", "info", "--json")
                if info.code == 0:
                    self.assertGreaterEqual(info.json["documents"], seen)
                    seen = info.json["documents"]
                    self.expect(0, "store", "verify")
        self.index("docs")
        self.expect(0, "store", "verify")
        killed = self.state()
        self.assertEqual(killed[0], 60)
        self.index("docs", "--store", "again/.sememe")
        clean = self.expect(0, "store", "info", "--json", "--store", "again/.sememe").json
        self.assertEqual(killed[1], clean["passages"])
        hits = self.search("rose and moss in the wind", "-k", "50", "--store", "again/.sememe")
        self.assertEqual(killed[2], [(h["path"], h["line"], h["score"], h["text"]) for h in hits])

    def test_the_second_indexer_is_told_who_the_first_is(self):
        self.documents(400)
        first = subprocess.Popen([PROGRAM, "index", "--model", str(TINY), "docs"], cwd=self.directory,
                                 env=self.environment, stdout=subprocess.DEVNULL)
        try:
            lock = self.directory / ".sememe/writer.lock"
            while not (lock.exists() and lock.stat().st_size > 0) and first.poll() is None:
                time.sleep(0.005)
            self.expect_error(5, str(first.pid), "index", "--model", TINY, "docs")
        finally:
            first.wait()
        self.assertEqual(first.returncode, 0)


if __name__ == "__main__":
    unittest.main()
