"""Static models: published ones in every command, and `sememe model distill`."""

import json
import os
import unittest

from embed_test import golden_lines, read_npy
from support import DEFAULT_MODEL, GOLDEN, TINY, SememeTest, limit_file_size, needs_model, needs_speed

STATIC = GOLDEN / "models" / "static-f32"
GOLDEN_STATIC = ("static-f32", "static-f16", "static-int8", "static-st", "static-st-old")


class Published(SememeTest):
    def test_vectors_equal_those_of_the_models_own_program(self):
        for name in GOLDEN_STATIC:
            with self.subTest(name):
                texts = [entry["text"] for entry in golden_lines(GOLDEN / "models" / f"{name}.golden.jsonl")]
                out = self.directory / f"{name}.npy"
                self.expect(0, "embed", "--model", GOLDEN / "models" / name, "--jsonl", "--npy", out,
                            stdin="".join(json.dumps(text) + "\n" for text in texts))
                rows, cols, found = read_npy(out)
                expected_rows, expected_cols, expected = read_npy(GOLDEN / "models" / f"{name}.golden.npy")
                self.assertEqual((rows, cols), (expected_rows, expected_cols))
                self.assertLessEqual(max(abs(a - b) for a, b in zip(found, expected)), 1e-6)

    def test_every_tier_gives_the_same_bits(self):
        lines = "".join(json.dumps(entry["text"]) + "\n" for entry in golden_lines(GOLDEN / "models/static-f32.golden.jsonl"))
        best = self.expect(0, "embed", "--model", STATIC, "--jsonl", "--json", stdin=lines).out
        for tier in ("scalar", "avx2", "avx512", "amx"):
            result = self.run_sememe("embed", "--model", STATIC, "--jsonl", "--json", stdin=lines, env={"SEMEME_ISA": tier})
            if result.code == 6:  # this machine has no such tier
                continue
            self.assertEqual(result.out, best, tier)

    def test_show_says_what_it_is(self):
        shown = self.expect(0, "model", "show", STATIC, "--json").json
        self.assertEqual((shown["architecture"], shown["pooling"], shown["dim"], shown["layers"], shown["max_tokens"]),
                         ("static", "mean", 36, 0, 24))
        for name in GOLDEN_STATIC:
            self.expect(0, "model", "verify", GOLDEN / "models" / name)

    def test_tokens_come_from_the_modules_folder(self):
        found = self.expect(0, "tokens", "--model", GOLDEN / "models" / "static-st-old", "--json", "river bank").json
        self.assertEqual(found["tokens"], ["river", "bank"])  # no special ones

    def test_texts_that_are_cut_are_reported(self):
        result = self.expect(0, "embed", "--model", STATIC, "--json", "river " * 30, "river")
        self.assertEqual([(entry["tokens"], entry["truncated"]) for entry in result.json], [(20, True), (1, False)])
        self.assertIn("1 text was cut at the model's limit of 24 tokens", result.err)

    def test_a_store_of_static_vectors_is_searched(self):
        self.write("docs/river.md", "# River\n\nThe river bank is flooded.\n")
        self.write("docs/vector.md", "# Vector\n\nAn index of vectors and tokens.\n")
        self.write("docs/unknown.md", "\u2603\n")  # no token of it is known: its vector is zero
        self.expect(0, "index", "--model", STATIC, "docs")
        hits = self.expect(0, "search", "--json", "river bank").json["results"]
        self.assertEqual(hits[0]["path"], "docs/river.md")
        hits = self.expect(0, "search", "--json", "\u2603").json["results"]  # everything is as near as anything
        self.assertEqual({hit["score"] for hit in hits}, {0})
        self.expect(0, "store", "verify")

    def test_a_damaged_table_is_named(self):
        for name in ("config.json", "tokenizer.json", "modules.json"):
            self.write(f"bad/{name}", (STATIC / name).read_bytes())
        whole = (STATIC / "model.safetensors").read_bytes()
        self.write("bad/model.safetensors", whole[:-100])
        self.expect_error(8, "model.safetensors", "embed", "--model", "./bad", "x")
        self.write("bad/model.safetensors", whole.replace(b"embeddings", b"embeddingz"))
        self.expect_error(8, "found neither", "embed", "--model", "./bad", "x")
        self.write("bad/model.safetensors", whole)
        self.write("bad/config.json", '{"model_type": "model2vec", "max_length": -1}')
        self.expect_error(8, "max_length", "embed", "--model", "./bad", "x")


class Distill(SememeTest):
    def setUp(self):
        super().setUp()
        self.environment["SEMEME_HOME"] = str(self.directory / "home")

    def distill(self, *arguments, code=0):
        return self.expect(code, "model", "distill", TINY, "--contexts", "2", "--dims", "16", *arguments)

    def test_json_has_the_documented_fields(self):
        found = self.distill("--output", "./out", "--json").json
        self.assertEqual(list(found), ["name", "directory", "teacher", "tokens", "dim", "dtype", "explained_variance",
                                       "teacher_tokens", "bytes", "seconds"])
        self.assertEqual((found["tokens"], found["dim"], found["dtype"]), (796, 16, "f32"))
        self.assertTrue(0 < found["explained_variance"] < 1)
        self.assertEqual(found["bytes"], sum(path.stat().st_size for path in (self.directory / "out").iterdir()))

    def test_the_model_works_in_every_command(self):
        self.distill("--output", "small")
        self.assertEqual([entry["name"] for entry in self.expect(0, "model", "list", "--json").json], ["small"])
        vectors = [entry["vector"] for entry in
                   self.expect(0, "embed", "--model", "small", "--json", "the river", "the river", "a garden").json]
        self.assertEqual(vectors[0], vectors[1])
        self.assertNotEqual(vectors[0], vectors[2])
        self.assertAlmostEqual(sum(x * x for x in vectors[0]), 1, places=5)
        self.write("a.md", "The river bank.\n")
        self.expect(0, "index", "--model", "small", "a.md")
        self.assertEqual(self.expect(0, "search", "--json", "river").json["results"][0]["path"], "a.md")
        self.write("sts.tsv", "5\tone two\tone two\n0\tred\tthe sea is deep\n3\ta b c\ta b d\n")
        self.expect(0, "eval", "sts", "--model", "small", "--json", "sts.tsv")
        self.expect(0, "model", "verify", "small")

    def test_the_default_name_is_the_teachers(self):
        found = self.distill("--json").json
        self.assertEqual(found["name"], "tiny-bert-static")
        self.assertTrue((self.directory / "home/models/tiny-bert-static/model.safetensors").exists())

    def test_types_agree_and_differ_in_size(self):
        vectors = {}
        for dtype in ("f32", "f16", "int8"):
            size = self.distill("--output", f"./{dtype}", "--dtype", dtype, "--json").json["bytes"]
            shown = self.expect(0, "model", "show", f"./{dtype}", "--json").json
            self.assertEqual(shown["weights_type"], {"int8": "i8"}.get(dtype, dtype))
            vectors[dtype] = (size, self.expect(0, "embed", "--model", f"./{dtype}", "--json", "the river bank").json[0]["vector"])
        self.assertGreater(vectors["f32"][0], vectors["f16"][0])
        self.assertGreater(vectors["f16"][0], vectors["int8"][0])
        for dtype, least in (("f16", 0.999999), ("int8", 0.99)):
            self.assertGreater(sum(a * b for a, b in zip(vectors["f32"][1], vectors[dtype][1])), least, dtype)

    def test_nothing_is_replaced_unless_asked(self):
        self.distill("--output", "./out")
        before = (self.directory / "out/model.safetensors").read_bytes()
        result = self.expect_error(5, "--force", "model", "distill", TINY, "--output", "./out", "--contexts", "0")
        self.assertEqual(result.out, "")
        self.expect(0, "model", "distill", TINY, "--output", "./out", "--contexts", "0", "--force")
        self.assertNotEqual((self.directory / "out/model.safetensors").read_bytes(), before)
        self.write("home-of-somebody/letter.txt", "dear")
        self.expect_error(5, "expected a static model to replace", "model", "distill", TINY, "--output", "./home-of-somebody",
                          "--contexts", "0", "--force")
        self.assertTrue((self.directory / "home-of-somebody/letter.txt").exists())

    def test_a_full_disk_leaves_nothing(self):
        result = self.expect_error(9, "write", "model", "distill", TINY, "--output", "./out", "--contexts", "0",
                                   preexec_fn=limit_file_size(1000))
        self.assertEqual(result.out, "")
        self.assertEqual([path for path in os.listdir(self.directory) if "out" in path], [])

    def test_wrong_arguments_are_named(self):
        self.expect_error(2, "--dtype", "model", "distill", TINY, "--dtype", "f64")
        self.expect_error(2, "sif: expected 0 to 1", "model", "distill", TINY, "--sif", "2", "-o", "./x")
        self.expect_error(2, "contexts: expected 0 to 1000", "model", "distill", TINY, "--contexts", "5000", "-o", "./x")
        self.expect_error(6, "found a static model", "model", "distill", STATIC, "-o", "./x")
        self.expect_error(4, "no-such", "model", "distill", "no-such", "-o", "./x")


class Quality(SememeTest):
    """What docs/static-models.md says of the default model's static one, on a small set of our own."""

    @needs_model
    @needs_speed
    def test_a_static_model_of_the_default_one_knows_what_is_alike(self):
        self.expect(0, "model", "distill", DEFAULT_MODEL, "--output", "./fast", "--contexts", "0")
        pairs = [("a man is playing a guitar", "someone plays the guitar", "stock prices fell sharply"),
                 ("how do I undo a commit", "revert a git commit", "recipes for apple cake"),
                 ("the cat sat on the mat", "a kitten rests on a rug", "parliament passed the budget")]
        for text, near, far in pairs:
            cosine = self.expect(0, "similarity", "--model", "./fast", "--json", text, near, far).json["cosine"]
            self.assertGreater(cosine[0][1], cosine[0][2] + 0.1, text)


if __name__ == "__main__":
    unittest.main()
