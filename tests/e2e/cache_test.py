"""The cache of packed weights: the same output with and without it, and no trust in what is damaged."""

import unittest
from pathlib import Path

from support import DEFAULT_MODEL, SememeTest, limit_file_size, needs_model, sememe_home


@needs_model
class Cache(SememeTest):
    def setUp(self):
        super().setUp()
        home = self.directory / "home"
        (home / "models").mkdir(parents=True)
        (home / "models" / DEFAULT_MODEL).symlink_to(Path(sememe_home()) / "models" / DEFAULT_MODEL)
        self.environment["SEMEME_HOME"] = str(home)
        self.packed = home / "cache" / "packed"

    def embed(self, precision, **options):
        return self.expect(0, "embed", "--precision", precision, "--json", "two words", "one", **options)

    def files(self):
        return sorted(self.packed.iterdir()) if self.packed.exists() else []

    def test_output_is_the_same_without_with_a_new_and_with_an_old_file(self):
        for precision in ("exact", "near", "fast"):
            with self.subTest(precision):
                count = len(self.files())
                off = self.embed(precision, env={"SEMEME_CACHE": "off"})
                self.assertEqual(len(self.files()), count)
                first = self.embed(precision)
                files = self.files()
                self.assertEqual(len(files), count + 1)
                inodes = [file.stat().st_ino for file in files]
                second = self.embed(precision)
                self.assertEqual([file.stat().st_ino for file in self.files()], inodes)
                self.assertEqual(off.out, first.out)
                self.assertEqual(off.out, second.out)
                self.assertEqual((off.err, first.err, second.err), ("", "", ""))

    def test_a_damaged_file_is_told_and_made_again(self):
        good = self.embed("fast")
        (file,) = self.files()
        whole = file.read_bytes()
        middle = len(whole) // 2
        for damaged in (whole[:middle], whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:], b""):
            file.write_bytes(damaged)
            again = self.embed("fast")
            self.assertEqual(again.out, good.out)
            self.assertRegex(again.err, r"^sememe: warning: packed weights \".*\": expected .*\n$")
            self.assertEqual(file.read_bytes(), whole)
            self.assertEqual(self.embed("fast").err, "")

    def test_a_cache_that_cannot_be_written_changes_nothing(self):
        good = self.embed("fast", env={"SEMEME_CACHE": "off"})
        full = self.embed("fast", preexec_fn=limit_file_size(1 << 20))
        self.assertEqual((full.out, full.err, self.files()), (good.out, "", []))
        self.packed.rmdir()
        self.packed.write_text("a file where the folder should be")
        blocked = self.embed("fast")
        self.assertEqual((blocked.out, blocked.err), (good.out, ""))

    def test_the_switch_takes_two_words(self):
        self.expect_error(2, "SEMEME_CACHE: expected on or off, found \"no\"", "embed", "x", env={"SEMEME_CACHE": "no"})


if __name__ == "__main__":
    unittest.main()
