"""embed, similarity, tokens, eval, model: their output against golden data and their stable formats."""

import array
import json
import math
import os
import struct
import subprocess
import unittest

from support import DEFAULT_MODEL, GOLDEN, PROGRAM, TINY, SememeTest, needs_model, needs_speed


def read_npy(path):
    """(rows, cols, floats) of a float32 .npy file, without NumPy."""
    data = path.read_bytes()
    assert data[:8] == b"\x93NUMPY\x01\x00"
    size = struct.unpack("<H", data[8:10])[0]
    header = eval(data[10:10 + size].decode(), {})  # the format is a Python literal
    assert header["descr"] == "<f4" and not header["fortran_order"]
    floats = array.array("f")
    floats.frombytes(data[10 + size:])
    return *header["shape"], floats


def golden_lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


class Embed(SememeTest):
    def compare(self, model, golden, tolerance):
        texts = [entry["text"] for entry in golden_lines(golden.with_suffix(".jsonl"))]
        out = self.directory / "out.npy"
        self.expect(0, "embed", "--model", model, "--precision", "exact", "--jsonl", "--npy", out,
                    stdin="".join(json.dumps(text) + "\n" for text in texts))
        rows, cols, found = read_npy(out)
        expected_rows, expected_cols, expected = read_npy(golden)
        self.assertEqual((rows, cols), (expected_rows, expected_cols))
        # Vectors that are not normalised are longer, and errors as much larger.
        longest = max(math.dist(expected[i : i + cols], [0] * cols) for i in range(0, rows * cols, cols))
        self.assertLessEqual(max(abs(a - b) for a, b in zip(found, expected)), tolerance * max(1, longest))

    def test_tiny_models_equal_sentence_transformers(self):
        for name in ("tiny-bert", "tiny-bert-cls", "tiny-bert-f16"):
            with self.subTest(name):
                self.compare(GOLDEN / "models" / name, GOLDEN / "models" / f"{name}.golden.npy", 1e-5)

    @needs_model
    def test_the_default_model_equals_sentence_transformers(self):
        self.compare(DEFAULT_MODEL, GOLDEN / "vectors" / f"{DEFAULT_MODEL}.npy", 1e-5)

    def test_a_vector_has_the_same_bits_alone_in_a_batch_and_with_any_threads(self):
        texts = [entry["text"] for entry in golden_lines(GOLDEN / "models/tiny-bert.golden.jsonl")]
        lines = "".join(json.dumps(text) + "\n" for text in texts)
        vectors = [entry["vector"] for entry in
                   self.expect(0, "embed", "--model", TINY, "--jsonl", "--json", "--threads", "1", stdin=lines).json]
        threads = self.expect(0, "embed", "--model", TINY, "--jsonl", "--json", "--threads", "4", stdin=lines).json
        self.assertEqual(vectors, [entry["vector"] for entry in threads])
        reverse = self.expect(0, "embed", "--model", TINY, "--jsonl", "--json",
                              stdin="".join(json.dumps(text) + "\n" for text in reversed(texts))).json
        self.assertEqual(vectors, [entry["vector"] for entry in reversed(reverse)])
        for position in (0, 7, len(texts) - 1):
            alone = self.expect(0, "embed", "--model", TINY, "--jsonl", "--json", stdin=json.dumps(texts[position])).json
            self.assertEqual(alone[0]["vector"], vectors[position])

    def test_json_says_which_texts_were_cut(self):
        result = self.expect(0, "embed", "--model", TINY, "--json", "short", "long " * 200)
        first, second = result.json
        self.assertEqual((first["text"], first["truncated"]), (0, False))
        self.assertEqual((second["text"], second["truncated"], second["tokens"]), (1, True, 32))
        self.assertIn("1 text was cut at the model's limit of 32 tokens", result.err)
        self.assertAlmostEqual(math.fsum(x * x for x in first["vector"]), 1, places=5)

    def vectors(self, *options, **run):
        return self.expect(0, "embed", "--model", TINY, "--json", *options, "one text", "another", **run).json

    def test_precision_is_an_option_or_an_environment_variable_and_is_named(self):
        by_name = {name: self.vectors("--precision", name) for name in ("exact", "near", "fast")}
        for name, entries in by_name.items():
            self.assertEqual({entry["precision"] for entry in entries}, {name})
            self.assertEqual(self.vectors(env={"SEMEME_PRECISION": name}), entries)
            for entry, exact in zip(entries, by_name["exact"]):
                cosine = math.fsum(a * b for a, b in zip(entry["vector"], exact["vector"]))
                self.assertGreater(cosine, 0.99999 if name == "near" else 0.998)
        self.assertEqual(self.vectors(), by_name["fast"])
        self.assertEqual(self.vectors("--precision", "near", env={"SEMEME_PRECISION": "exact"}), by_name["near"])
        self.assertEqual(len({entries[0]["vector"][0] for entries in by_name.values()}), 3)

    def test_another_word_for_the_precision_is_refused(self):
        for command in (("embed", "x"), ("similarity", "x", "y"), ("index", "."), ("search", "x"),
                        ("eval", "sts", "x"), ("eval", "retrieval", "x"), ("model", "show"), ("bench", "embed")):
            result = self.expect_error(2, "--precision: sharp not in {exact,near,fast}",
                                       *command, "--precision", "sharp")
            self.assertEqual(result.out, "")
        self.expect_error(2, "sharp", "embed", "x", env={"SEMEME_PRECISION": "sharp"})

    def test_near_and_fast_have_the_same_bits_on_every_tier(self):
        for name in ("near", "fast"):
            found = [self.vectors("--precision", name, env={"SEMEME_ISA": isa}) for isa in self.tiers()]
            for other in found[1:]:
                self.assertEqual(found[0], other)

    def tiers(self):
        found = [isa for isa in ("scalar", "neon", "avx2", "avxvnni", "avx512", "amx")
                 if self.run_sememe("--version", env={"SEMEME_ISA": isa}).code == 0]
        self.assertIn("scalar", found)
        return found

    def test_long_lines_are_read_in_bounded_memory(self):
        line = "One line that does not end, " * (32 * 1024 * 1024 // 28) + "\n"
        peaks = []
        # The address sanitizer would hold on to 256 MB of freed memory.
        options = ":".join(filter(None, [self.environment.get("ASAN_OPTIONS"), "quarantine_size_mb=1"]))
        environment = {**self.environment, "ASAN_OPTIONS": options}
        for count in (1, 8):
            process = subprocess.Popen([PROGRAM, "embed", "--model", str(TINY), "--threads", "1"], env=environment,
                                       stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(count):
                process.stdin.write(line.encode())
            process.stdin.close()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(process.returncode, 0)
            peaks.append(usage.ru_maxrss)
        self.assertLess(peaks[1], peaks[0] + 64 * 1024, "KiB with eight lines, with one")

    def test_plain_output_is_a_line_of_numbers_a_text(self):
        lines = self.expect(0, "embed", "--model", TINY, stdin="one\n\ntwo\n").out.splitlines()
        self.assertEqual([len(line.split(" ")) for line in lines], [48, 48, 48])

    def test_wrong_input_is_named_with_its_line(self):
        self.expect_error(2, "standard input line 2: expected UTF-8", "embed", "--model", TINY, stdin=b"ok\n\xff\n")
        self.expect(0, "embed", "--model", TINY, "--invalid-utf8", "replace", stdin=b"ok\n\xff\n")
        self.expect_error(2, "standard input line 1: expected a JSON string", "embed", "--model", TINY, "--jsonl",
                          stdin="[1]\n")
        self.expect_error(2, "standard input line 2: invalid JSON", "embed", "--model", TINY, "--jsonl",
                          stdin='"a"\n{"text"\n')

    def test_similarity_is_a_symmetric_matrix(self):
        found = self.expect(0, "similarity", "--model", TINY, "--json", "a", "b c", "d").json
        self.assertEqual(found["texts"], ["a", "b c", "d"])
        self.assertEqual(found["precision"], "fast")
        cosine = found["cosine"]
        for i in range(3):
            self.assertEqual(cosine[i][i], 1)
            for j in range(3):
                self.assertEqual(cosine[i][j], cosine[j][i])
        self.expect_error(2, "at least 2 texts, found 1", "similarity", "--model", TINY, "a")


class Tokens(SememeTest):
    def test_json_lines_have_ids_pieces_and_byte_offsets(self):
        text = "Héllo wörld"
        found = self.expect(0, "tokens", "--model", TINY, "--jsonl", stdin=json.dumps({"text": text})).json
        self.assertEqual(len(found["ids"]), len(found["tokens"]))
        self.assertEqual(found["tokens"][0], "[CLS]")
        source = text.encode()
        self.assertEqual(b"".join(source[b:e] for b, e in found["offsets"]).decode(), text.replace(" ", ""))

    @needs_model
    def test_ids_and_offsets_equal_hugging_face(self):
        golden = golden_lines(GOLDEN / "tokens" / "bert_uncased.jsonl")
        golden = [entry for entry in golden if "text" in entry]
        self.assertGreaterEqual(len(golden), 5000)
        out = self.expect(0, "tokens", "--jsonl", stdin="".join(json.dumps(e["text"]) + "\n" for e in golden)).out
        found = [json.loads(line) for line in out.split("\n") if line]
        self.assertEqual(len(found), len(golden))
        for expected, entry in zip(golden, found):
            self.assertEqual(entry["ids"], expected["ids"], expected["text"])
            self.assertEqual([x for pair in entry["offsets"] for x in pair], expected["offsets"], expected["text"])


class Eval(SememeTest):
    def test_sts_prints_the_documented_fields(self):
        self.write("sts.tsv", "5\tone two\tone two\n0\tred\tthe sea is deep\n3\ta b c\ta b d\n")
        found = self.expect(0, "eval", "sts", "--model", TINY, "--json", "sts.tsv").json
        self.assertEqual(list(found), ["pairs", "spearman", "pearson", "truncated", "precision"])
        self.assertEqual(found["pairs"], 3)
        self.assertTrue(-100 <= found["spearman"] <= 100)

    def test_retrieval_prints_the_documented_fields(self):
        self.write("set/corpus.jsonl", '{"_id": "1", "title": "red", "text": "rose"}\n{"_id": "2", "text": "blue sea"}\n')
        self.write("set/queries.jsonl", '{"_id": "q", "text": "red rose"}\n')
        self.write("set/qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\t1\t1\n")
        found = self.expect(0, "eval", "retrieval", "--model", TINY, "--json", "set").json
        for field in ("queries", "ndcg@10", "map", "mrr@10", "recall@10", "recall@100", "truncated", "precision"):
            self.assertIn(field, found)
        exact = self.expect(0, "eval", "retrieval", "--model", TINY, "--precision", "exact", "--json", "set").json
        self.assertEqual((found["precision"], exact["precision"]), ("fast", "exact"))
        self.assertEqual((found["queries"], found["ndcg@10"], found["mrr@10"]), (1, 1, 1))


class Bench(SememeTest):
    def bench(self, *options):
        return self.expect(0, "bench", "embed", "--model", TINY, "--seconds", "0", "--json", *options).json

    def test_json_has_the_documented_fields(self):
        found = self.bench()
        self.assertEqual(list(found), ["model", "dim", "isa", "threads", "seconds", "precisions", "skipped"])
        self.assertEqual((found["dim"], found["threads"]), (48, 1))
        self.assertIn(found["isa"], ("scalar", "avx2", "avx512", "amx", "neon"))
        self.assertEqual([p["precision"] for p in found["precisions"]], ["exact", "near", "fast"])
        for report in found["precisions"]:
            self.assertEqual(list(report), ["precision", "load_ms", "peak_memory_bytes", "workloads"])
            self.assertGreater(report["peak_memory_bytes"], 1 << 20)
            for work in report["workloads"]:
                self.assertEqual(list(work), ["workload", "texts", "tokens", "passes", "tokens_per_cpu_second",
                                              "tokens_per_second", "cpu_ms", "wall_ms", "compared_texts",
                                              "cosine_mean", "cosine_min"])
                self.assertGreater(work["tokens_per_cpu_second"], 0)
                self.assertGreaterEqual(work["passes"], 3)
                self.assertAlmostEqual(work["tokens_per_second"] * work["wall_ms"] / 1e3, work["tokens"], places=3)
                self.assertGreater(work["cosine_mean"],
                                   {"exact": 0.9999999, "near": 0.99999, "fast": 0.99}[report["precision"]])
                self.assertLessEqual(work["cosine_min"], work["cosine_mean"] + 1e-9)

    def test_texts_that_the_model_cannot_take_are_named(self):
        found = self.bench("--precision", "fast")
        measured = [work["workload"] for work in found["precisions"][0]["workloads"]]
        skipped = [entry["workload"] for entry in found["skipped"]]
        self.assertEqual(sorted(measured + skipped), sorted(["1x16", "1x128", "32x32", "32x128", "8x512", "mix"]))
        self.assertIn("8x512", skipped)
        self.assertIn("at most", found["skipped"][0]["reason"])

    def test_the_table_names_tier_precision_and_workload(self):
        out = self.expect(0, "bench", "embed", "--model", TINY, "--seconds", "0", "--precision", "near").out
        for word in ("tier", "1 thread", "near: loaded in", "peak memory", "1x16"):
            self.assertIn(word, out)
        self.assertNotIn("exact: loaded", out)

    @needs_model
    @needs_speed
    def test_the_default_model_takes_all_workloads(self):
        found = self.expect(0, "bench", "embed", "--precision", "fast", "--threads", "2", "--seconds", "0", "--json").json
        work = {entry["workload"]: entry for entry in found["precisions"][0]["workloads"]}
        lengths = natural_lengths()
        self.assertEqual({name: entry["tokens"] for name, entry in work.items()},
                         {"1x16": 16, "1x128": 128, "32x32": 1024, "32x128": 4096, "8x512": 4096, "mix": sum(lengths)})
        self.assertEqual((work["mix"]["texts"], found["threads"]), (len(lengths), 2))
        for entry in work.values():
            self.assertGreater(entry["cosine_mean"], 0.998, entry)


def natural_lengths():
    lines = (GOLDEN.parents[1] / "bench/encoder/passage_lengths.txt").read_text().splitlines()
    return [int(word) for line in lines if not line.startswith("#") for word in line.split()]


class Program(SememeTest):
    def test_every_command_has_help_with_its_options(self):
        out = self.expect(0, "--help").out
        for command in ("index", "search", "embed", "similarity", "tokens", "eval", "model", "store", "bench",
                        "completion"):
            self.assertIn(command, out)
            self.assertIn("Usage:", self.expect(0, command, "--help").out)
        for command in ("index", "search", "embed", "similarity", "tokens"):
            self.assertIn("Examples:", self.expect(0, command, "--help").out)

    def test_wrong_arguments_are_exit_code_two_on_stderr(self):
        for arguments in ((), ("no-such-command",), ("search",), ("embed", "--threads", "many", "x")):
            result = self.expect(2, *arguments)
            self.assertEqual(result.out, "")
            self.assertTrue(result.err.startswith("sememe: "), result)

    def test_completions_know_commands_and_flags(self):
        for shell in ("bash", "zsh", "fish"):
            out = self.expect(0, "completion", shell).out
            for word in ("search", "retrieval", "explain-skips"):
                self.assertIn(word, out, shell)

    def test_model_commands(self):
        shown = self.expect(0, "model", "show", TINY, "--json").json
        self.assertEqual((shown["architecture"], shown["dim"], shown["max_tokens"]), ("bert", 48, 32))
        self.assertEqual(shown["precision"], "fast")
        shown = self.expect(0, "model", "show", TINY, "--json", "--precision", "near").json
        self.assertEqual(shown["precision"], "near")
        self.expect(0, "model", "verify", TINY)

    @needs_model
    def test_the_default_model_is_listed_and_whole(self):
        self.assertIn(DEFAULT_MODEL, [entry["name"] for entry in self.expect(0, "model", "list", "--json").json])
        self.expect(0, "model", "verify")
        shown = self.expect(0, "model", "show", "--json").json
        self.assertEqual((shown["dim"], shown["max_tokens"], shown["vocabulary_size"]), (384, 256, 30522))


if __name__ == "__main__":
    unittest.main()
