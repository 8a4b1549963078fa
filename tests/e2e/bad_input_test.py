"""Hostile and broken input: each gets its message and exit code, and nothing stored is lost."""

import json
import os
import shutil
import struct
import subprocess
import threading
import unittest
from pathlib import Path

from support import DEFAULT_MODEL, GOLDEN, PROGRAM, TINY, SememeTest, become_nobody, limit_file_size, needs_model, sememe_home

NOTE = "Water boils at one hundred degrees at sea level.\n"


class Files(SememeTest):
    def test_empty_folder_finds_nothing(self):
        (self.directory / "empty").mkdir()
        self.expect_error(1, "found no file to index", "index", "--model", TINY, "empty")

    def test_missing_path_is_named(self):
        self.expect_error(4, '"no/such/path"', "index", "--model", TINY, "no/such/path")

    def test_unreadable_file_is_reported_and_the_others_are_indexed(self):
        self.write("docs/good.txt", NOTE)
        self.write("docs/secret.txt", NOTE).chmod(0)
        (self.directory / "store").mkdir()
        for path in (self.directory, self.directory / "docs", self.directory / "store"):
            path.chmod(0o777)
        # Whoever runs it then may not reach the build directory or the golden data.
        model = self.directory / "model"
        shutil.copytree(TINY, model)
        program = shutil.copy(PROGRAM, self.directory / "program")
        result = self.run_sememe("index", "--model", model, "--json", "--store", "store/.sememe", "docs",
                                 preexec_fn=become_nobody, program=program)
        self.assertEqual(result.code, 3, result)
        self.assertEqual(result.json["added"], 1)
        self.assertEqual([Path(file["path"]).name for file in result.json["failed"]], ["secret.txt"])
        self.assertIn("secret.txt", result.err)
        self.assertIn("Permission denied", result.err)

    def test_invalid_utf8_names_the_offset_or_is_replaced(self):
        self.write("docs/good.txt", NOTE)
        self.write("docs/latin.txt", "caf\xe9 au lait\n".encode("latin-1"))
        result = self.expect_error(3, "latin.txt", "index", "--model", TINY, "docs")
        self.assertIn("offset 3", result.err)
        self.expect(0, "index", "--model", TINY, "--invalid-utf8", "replace", "docs")
        self.assertEqual(self.expect(0, "store", "info", "--json").json["documents"], 2)
        self.expect(0, "search", "--json", "coffee")
        self.expect(0, "search", "coffee")

    def test_a_megabyte_without_spaces_is_indexed(self):
        self.write("docs/line.txt", "x" * (1 << 20))
        report = self.index("docs", timeout=120)
        self.assertEqual(report["added"], 1)
        self.assertGreater(report["passages"], 100)

    def test_a_file_that_changes_all_the_time_does_not_break_the_run(self):
        target = self.write("docs/moving.txt", NOTE)
        self.write("docs/still.txt", NOTE)
        stop = threading.Event()

        def rewrite():
            count = 0
            while not stop.is_set():
                count += 1
                try:
                    if count % 5 == 0:
                        target.unlink()
                    target.write_text(NOTE * (count % 50))
                except OSError:
                    pass

        writer = threading.Thread(target=rewrite)
        writer.start()
        try:
            for _ in range(5):
                self.assertIn(self.run_sememe("index", "--model", TINY, "docs").code, (0, 3))
                self.expect(0, "store", "verify")
        finally:
            stop.set()
            writer.join()
        target.write_text(NOTE + "And it freezes at zero.\n")
        self.index("docs")
        texts = {hit["text"] for hit in self.search("freezing", "-k", "20") if hit["path"] == "docs/moving.txt"}
        self.assertIn("freezes at zero", " ".join(texts))

    def test_a_fifo_does_not_hang(self):
        self.write("docs/good.txt", NOTE)
        os.mkfifo(self.directory / "docs" / "pipe")
        report = self.index("docs", timeout=30)
        self.assertEqual(report["skipped"], {"not a regular file": 1})


class Store(SememeTest):
    def setUp(self):
        super().setUp()
        for number in range(5):
            self.write(f"docs/{number}.txt", f"{NOTE}\nThis is note number {number}.\n")
        self.index("docs")
        self.before = self.search("boiling water", "-k", "20")
        (self.vectors,) = (self.directory / ".sememe").glob("vectors-*.f32")

    def check_mended(self):
        self.index("docs")
        self.expect(0, "store", "verify")
        self.assertEqual(self.search("boiling water", "-k", "20"), self.before)

    def test_a_flipped_byte_is_named_and_mended(self):
        data = bytearray(self.vectors.read_bytes())
        data[-7] ^= 0x10
        self.vectors.write_bytes(data)
        result = self.expect_error(8, self.vectors.name, "search", "boiling water")
        self.assertIn("sememe index", result.err)
        self.expect_error(8, "faults", "store", "verify")
        self.check_mended()

    def test_a_cut_vector_file_is_named_and_mended(self):
        os.truncate(self.vectors, self.vectors.stat().st_size - 100)
        self.expect_error(8, self.vectors.name, "search", "boiling water")
        self.check_mended()

    def test_a_missing_vector_file_is_named_and_mended(self):
        self.vectors.unlink()
        self.expect_error(8, self.vectors.name, "search", "boiling water")
        self.check_mended()

    def test_a_damaged_database_is_named(self):
        database = self.directory / ".sememe/store.sqlite"
        database.write_bytes(b"not a database" * 1000)
        self.expect_error(8, "store.sqlite", "search", "boiling water")

    def test_another_model_is_refused_with_the_fix(self):
        other = GOLDEN / "models" / "tiny-bert-f16"
        for command in (("index", "docs"), ("search", "water")):
            result = self.expect_error(5, "expected model", command[0], "--model", other, *command[1:])
            self.assertIn("--store", result.err)
        self.assertEqual(self.search("boiling water", "-k", "20"), self.before)

    def test_a_full_disk_loses_nothing(self):
        for number in range(300):
            self.write(f"docs/more{number}.txt", "".join(f"Line {number * 7 + i} about rain.\n\n" for i in range(20)))
        size = self.vectors.stat().st_size
        result = self.run_sememe("index", "--model", TINY, "docs", preexec_fn=limit_file_size(size + 100_000))
        self.assertEqual(result.code, 9, result)
        self.assertIn(".sememe", result.err)
        self.expect(0, "store", "verify")
        found = self.search("boiling water", "-k", "2000")
        self.assertTrue({h["path"] for h in self.before} <= {h["path"] for h in found})
        self.index("docs")
        self.assertEqual(self.expect(0, "store", "info", "--json").json["documents"], 305)

    def test_no_store_says_how_to_make_one(self):
        elsewhere = self.directory / "elsewhere"
        elsewhere.mkdir()
        self.expect_error(4, "sememe index", "search", "--store", elsewhere / ".sememe", "water")


class Output(SememeTest):
    def test_a_closed_pipe_is_success(self):
        lines = "".join(f"line {i}\n" for i in range(3000))
        process = subprocess.Popen([PROGRAM, "embed", "--model", str(TINY)], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment)
        process.stdout.close()
        _, err = b"", process.stderr
        process.stdin.write(lines.encode())
        process.stdin.close()
        self.assertEqual(process.wait(60), 0, err.read())
        err.close()

    def test_a_full_disk_behind_stdout_is_an_error(self):
        with open("/dev/full", "wb") as full:
            result = subprocess.run([PROGRAM, "embed", "--model", str(TINY), "x"], stdout=full, stderr=subprocess.PIPE,
                                    env=self.environment)
        self.assertEqual(result.returncode, 9)
        self.assertIn(b"No space left", result.stderr)

    def test_a_npy_file_that_cannot_be_written_is_named(self):
        self.expect_error(4, "no/such/dir/x.npy", "embed", "--model", TINY, "--npy", "no/such/dir/x.npy", "x")


class Models(SememeTest):
    def copy(self, name="model"):
        target = self.directory / name
        shutil.copytree(TINY, target)
        return target

    def reject(self, model, code, text):
        return self.expect_error(code, text, "embed", "--model", f"{model}/", "x")

    def test_no_model_says_how_to_get_it(self):
        result = self.expect_error(4, "make model", "embed", "x", env={"SEMEME_HOME": str(self.directory / "home")})
        self.assertIn(DEFAULT_MODEL, result.err)

    def test_missing_files_are_named(self):
        for name in ("config.json", "tokenizer.json", "model.safetensors"):
            model = self.copy(name + ".d")
            (model / name).unlink()
            self.reject(model, 4, name)

    def test_truncated_weights(self):
        model = self.copy()
        os.truncate(model / "model.safetensors", (model / "model.safetensors").stat().st_size - 1000)
        self.reject(model, 8, "model.safetensors")

    def test_hostile_weights(self):
        def header(change):
            data = (TINY / "model.safetensors").read_bytes()
            size = struct.unpack("<Q", data[:8])[0]
            tensors = json.loads(data[8:8 + size])
            change(tensors)
            text = json.dumps(tensors).encode()
            return struct.pack("<Q", len(text)) + text + data[8 + size:]

        def first(tensors):
            return next(value for key, value in tensors.items() if key != "__metadata__")

        def overlap(tensors):
            values = [value for key, value in tensors.items() if key != "__metadata__"]
            values[1]["data_offsets"] = values[0]["data_offsets"]

        cases = {
            "huge header": struct.pack("<Q", 1 << 62) + b"{}",
            "no header": b"\x01",
            "not json": struct.pack("<Q", 4) + b"abcd",
            "overlap": header(overlap),
            "past the end": header(lambda t: first(t).update(data_offsets=[0, 1 << 60])),
            "wrong type": header(lambda t: first(t).update(dtype="I32")),
            "unknown type": header(lambda t: first(t).update(dtype="Q7")),
            "huge shape": header(lambda t: first(t).update(shape=[1 << 40, 1 << 40])),
            "negative": header(lambda t: first(t).update(shape=[-1, 3])),
        }
        for name, data in cases.items():
            with self.subTest(name):
                model = self.copy(name.replace(" ", "-"))
                (model / "model.safetensors").write_bytes(data)
                result = self.run_sememe("embed", "--model", f"{model}/", "x", timeout=20)
                self.assertIn(result.code, (6, 8), result)
                self.assertIn("model.safetensors", result.err)

    def test_hostile_tokenizer(self):
        original = json.loads((TINY / "tokenizer.json").read_text())
        no_model = {key: value for key, value in original.items() if key != "model"}
        cases = {
            "cut": json.dumps(original)[:1000],
            "not an object": "[]",
            "no model": json.dumps(no_model),
            "huge id": json.dumps({**original, "model": {**original["model"], "vocab": {"a": 4_000_000_000}}}),
            "deep": "[" * 200_000,
            "unknown model": json.dumps({**original, "model": {**original["model"], "type": "Riddle"}}),
        }
        for name, text in cases.items():
            with self.subTest(name):
                model = self.copy(name.replace(" ", "-"))
                (model / "tokenizer.json").write_text(text)
                result = self.run_sememe("embed", "--model", f"{model}/", "x", timeout=20)
                self.assertIn(result.code, (6, 8), result)
                self.assertIn("tokenizer.json", result.err)

    @needs_model
    def test_an_altered_default_model_is_named_with_the_command_that_mends_it(self):
        source = Path(sememe_home()) / "models" / DEFAULT_MODEL
        home = self.directory / "home"
        target = home / "models" / DEFAULT_MODEL
        shutil.copytree(source, target)
        environment = {"SEMEME_HOME": str(home)}
        self.expect(0, "embed", "x", env=environment)
        with open(target / "model.safetensors", "r+b") as file:
            file.seek(50_000_000)
            byte = file.read(1)
            file.seek(50_000_000)
            file.write(bytes([byte[0] ^ 1]))
        for command in (("embed", "x"), ("model", "verify")):
            result = self.expect_error(8, "model.safetensors", *command, env=environment)
            self.assertIn("make model", result.err)
        os.truncate(target / "model.safetensors", 1000)
        self.expect_error(8, "model.safetensors", "embed", "x", env=environment)


if __name__ == "__main__":
    unittest.main()
