"""train, eval words, neighbors, analogy: word vectors as a user meets them."""

import gzip
import json
import random
import signal
import subprocess
import unittest

from support import DOCS, GOLDEN, PROGRAM, SememeTest

TOPICS = {"fruit": ["apple", "pear", "plum", "cherry", "grape", "melon", "fig", "kiwi"],
          "metal": ["iron", "copper", "zinc", "tin", "lead", "gold", "silver", "nickel"],
          "music": ["violin", "flute", "drum", "harp", "cello", "piano", "organ", "horn"]}


def corpus(sentences=4000, seed=1):
    """Sentences of words of one topic each."""
    draw = random.Random(seed)
    lines = (" ".join(draw.choices(words, k=10)).capitalize() + "."
             for words in draw.choices(list(TOPICS.values()), k=sentences))
    return "\n".join(lines) + "\n"


def topic_of(word):
    return next(topic for topic, words in TOPICS.items() if word in words)


class TrainTest(SememeTest):
    def interrupt(self, until, *arguments):
        """Ctrl-C when standard error shows `until`: the rest of it, after an exit with code 130 and vectors in words.vec."""
        process = subprocess.Popen([PROGRAM, "train", *arguments, "-o", "words.vec", "--progress", "always"],
                                   cwd=self.directory, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        seen = b""
        while until not in seen:
            seen += process.stderr.read1()
        process.send_signal(signal.SIGINT)
        while chunk := process.stderr.read1():
            seen += chunk
        self.assertEqual(process.wait(), 130)
        self.expect(0, "neighbors", "apple", "--vectors", "words.vec")
        return seen

    def bytes_by_tier(self, model):
        """What each tier of this machine makes of corpus.txt."""
        files = {}
        for tier in ("scalar", "avx2", "avx512"):
            self.environment["SEMEME_ISA"] = tier
            result = self.run_sememe("train", model, "corpus.txt", "-o", f"{tier}.bin", "--dim", "20")
            if result.code == 6:  # this machine has no such tier
                continue
            self.assertEqual(result.code, 0, result)
            files[tier] = (self.directory / f"{tier}.bin").read_bytes()
        self.assertIn("scalar", files)
        return files


class Train(TrainTest):
    def train(self, model, output, *options):
        return self.expect(0, "train", model, "corpus.txt", "-o", output, "--dim", "20", "--sample", "0", "--json",
                           *options).json

    def test_every_model_finds_the_topics(self):
        self.write("corpus.txt", corpus())
        for model, *extra in (("skipgram",), ("cbow",), ("fasttext", "--buckets", "2000"), ("skipgram", "--loss", "hs"),
                              ("cbow", "--loss", "hs")):
            report = self.train(model, "words.vec", *extra)
            self.assertEqual(report["vocabulary"], 24)
            self.assertEqual(report["words"], 40000)
            self.assertTrue(report["finished"])
            for word in ("apple", "zinc", "harp"):
                found = self.expect(0, "neighbors", word, "--vectors", "words.vec", "-k", "5", "--json").json
                self.assertEqual([topic_of(n["word"]) for n in found["neighbors"]], [topic_of(word)] * 5, model)

    def count(self, model, output, *options):
        return self.expect(0, "train", model, "corpus.txt", "-o", output, "--dim", "3", "--json", *options).json

    def test_counting_models_find_the_topics(self):
        self.write("corpus.txt", corpus())
        for model in ("bow", "tfidf", "ppmi"):
            options = () if model == "ppmi" else ("--document", "10")
            report = self.count(model, "words.vec", *options)
            self.assertEqual((report["vocabulary"], report["words"]), (24, 40000))
            for word in ("apple", "zinc", "harp"):
                found = self.expect(0, "neighbors", word, "--vectors", "words.vec", "-k", "7", "--json").json
                self.assertEqual([topic_of(n["word"]) for n in found["neighbors"]], [topic_of(word)] * 7, model)

    def test_counting_models_give_the_same_bytes_with_any_threads_and_tier(self):
        self.write("corpus.txt", corpus(600))
        for options in (("bow", "--ngrams", "2"), ("tfidf", "--tf", "count"), ("ppmi", "--sample", "0.01", "--add-contexts")):
            self.count(*options[:1], "one.bin", *options[1:], "--threads", "1")
            expected = (self.directory / "one.bin").read_bytes()
            self.count(*options[:1], "two.bin", *options[1:], "--threads", "2")
            self.assertEqual(expected, (self.directory / "two.bin").read_bytes())
            for tier in ("scalar", "avx2", "avx512", "amx"):
                result = self.run_sememe("train", *options[:1], "corpus.txt", "-o", "tier.bin", "--dim", "3", *options[1:],
                                         env={"SEMEME_ISA": tier})
                if result.code == 6:  # this machine has no such tier
                    continue
                self.assertEqual(result.code, 0, result)
                self.assertEqual(expected, (self.directory / "tier.bin").read_bytes(), (options, tier))

    def test_ngrams_are_words_with_vectors(self):
        self.write("corpus.txt", "new york is old. new york is new. old is not new.\n" * 20)
        report = self.count("tfidf", "words.vec", "--document", "4", "--ngrams", "3", "--ngram-min-count", "40")
        words = [line.split()[0] for line in (self.directory / "words.vec").read_text().splitlines()[1:]]
        self.assertEqual(words, ["new", "is", "new_york", "new_york_is", "old", "york", "york_is", "not"])
        self.assertEqual((report["vocabulary"], report["columns"]), (8, 60))

    def test_formats_hold_the_same_vectors(self):
        self.write("corpus.txt", corpus(500))
        names = ("a.vec", "a.glove", "a.bin", "a.txt", "a.safetensors", "a.npy")
        for name in names:
            self.train("skipgram", name)
        answers = {name: self.expect(0, "neighbors", "apple", "--vectors", name).out for name in names}
        self.assertEqual(len(set(answers.values())), 1)
        lines = (self.directory / "a.vec").read_text().splitlines()
        self.assertEqual(lines[0], "24 20")
        self.assertEqual(len(lines[1].split(" ")), 21)

    def test_a_fasttext_model_has_vectors_of_unknown_words(self):
        self.write("corpus.txt", corpus(1500))
        for name in ("model.bin", "words.vec"):
            self.train("fasttext", name, "--buckets", "2000")
        self.assertEqual((self.directory / "model.bin").read_bytes()[:8], b"\xba\x16\x4f\x2f\x0c\0\0\0")
        known = [self.expect(0, "neighbors", "apple", "--vectors", name).out for name in ("model.bin", "words.vec")]
        self.assertEqual(known[0], known[1])
        found = self.expect(0, "neighbors", "apples", "--vectors", "model.bin", "-k", "1", "--json").json
        self.assertEqual(found["neighbors"][0]["word"], "apple")
        found = self.expect(0, "analogy", "coppery", "-", "zinc", "+", "violin", "--vectors", "model.bin", "-k", "3").out
        self.assertNotIn("violin", found)
        self.assertIn('"apples"', self.expect(4, "neighbors", "apples", "--vectors", "words.vec").err)

    def test_a_seed_is_a_file_and_standard_input_is_a_corpus(self):
        text = corpus(1500)
        self.write("corpus.txt", text)
        self.write("corpus.gz", gzip.compress(text.encode()))
        self.train("skipgram", "a.bin")
        self.train("skipgram", "b.bin")
        self.train("skipgram", "c.bin", "--seed", "2")
        self.expect(0, "train", "skipgram", "-", "-o", "d.bin", "--dim", "20", "--sample", "0", stdin=text)
        self.expect(0, "train", "skipgram", "corpus.gz", "-o", "e.bin", "--dim", "20", "--sample", "0")
        a, b, c, d, e = ((self.directory / f"{name}.bin").read_bytes() for name in "abcde")
        self.assertEqual(a, b)
        self.assertNotEqual(a, c)
        self.assertEqual(a, d)
        self.assertEqual(a, e)

    def test_deterministic_gives_the_same_bytes_with_any_number_of_threads(self):
        self.write("corpus.txt", corpus(800))
        for model in ("skipgram", "cbow"):
            for threads in ("1", "2", "4"):
                self.expect(0, "train", model, "corpus.txt", "-o", f"{threads}.bin", "--dim", "64", "--sample", "0",
                            "--deterministic", "--threads", threads)
            files = {(self.directory / f"{threads}.bin").read_bytes() for threads in "124"}
            self.assertEqual(len(files), 1, model)

    def test_the_same_bytes_on_every_tier(self):
        self.write("corpus.txt", corpus(500))
        self.assertEqual(len(set(self.bytes_by_tier("skipgram").values())), 1)

    def test_interrupted_training_leaves_vectors(self):
        self.write("corpus.txt", corpus(2000))
        self.interrupt(b"trained on words", "cbow", "corpus.txt", "--epochs", "1000000")

    def test_killed_again_and_again_it_comes_to_the_same_bytes(self):
        self.write("corpus.txt", corpus(4000))
        command = ["train", "skipgram", "corpus.txt", "--dim", "50", "--sample", "0", "--epochs", "20", "--deterministic",
                   "--threads", "2"]
        self.expect(0, *command, "-o", "straight.bin")
        kills = 0
        patience = 0.05  # grows, so that a busy machine comes to the end too
        while True:
            process = subprocess.Popen([PROGRAM, *command, "-o", "killed.bin", "--checkpoint", "words.ckpt",
                                        "--checkpoint-seconds", "0.01"],
                                       cwd=self.directory, env=self.environment, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            try:
                self.assertEqual(process.wait(timeout=patience), 0)
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                patience *= 1.1
        self.assertGreater(kills, 0)
        self.assertEqual((self.directory / "killed.bin").read_bytes(), (self.directory / "straight.bin").read_bytes())

    def test_more_text_goes_on_from_a_checkpoint(self):
        self.write("corpus.txt", corpus(1000))
        self.train("skipgram", "first.bin", "--checkpoint", "first.ckpt")
        self.assertEqual(self.train("skipgram", "again.bin", "--checkpoint", "first.ckpt")["words_per_second"], 0)
        self.assertEqual((self.directory / "again.bin").read_bytes(), (self.directory / "first.bin").read_bytes())
        wrong = self.expect(2, "train", "skipgram", "corpus.txt", "-o", "x.bin", "--checkpoint", "first.ckpt")
        self.assertIn('"dim 100"; found one with "dim 20"', wrong.err)
        self.write("corpus.txt", corpus(1000).replace("apple", "quince").replace("Apple", "Quince"))
        report = self.train("skipgram", "second.vec", "--continue", "first.ckpt")
        self.assertEqual(report["vocabulary"], 25)
        found = self.expect(0, "neighbors", "quince", "--vectors", "second.vec", "-k", "7", "--json").json
        self.assertIn("apple", [n["word"] for n in found["neighbors"]])

    def test_an_interrupted_factorization_leaves_vectors(self):
        self.write("corpus.txt", corpus(3000))
        seen = self.interrupt(b"singular vectors", "tfidf", "corpus.txt", "--iterations", "100", "--dim", "500", "--document", "10")
        self.assertIn(b"interrupted", seen)

    def trace(self, model, *options):
        self.expect(0, "train", model, "corpus.txt", "-o", "words.bin", "--dim", "40", "--sample", "0", "--trace",
                    "apple,zinc", *options)
        return (self.directory / "words.bin.trace.json").read_bytes()

    def test_a_trace_shows_topics_form(self):
        self.write("corpus.txt", corpus())
        for model, *options in (("skipgram",), ("cbow",), ("fasttext", "--buckets", "2000"), ("skipgram", "--loss", "hs")):
            trace = json.loads(self.trace(model, *options))
            self.assertEqual((trace["model"], trace["finished"]), (model, True))
            first, last = trace["steps"][0], trace["steps"][-1]
            self.assertEqual((first["words"], last["words"], last["epoch"]), (0, 200000, 5))
            for i, word in enumerate(("apple", "zinc")):
                topics = [[topic_of(n["word"]) for n in step["chosen"][i]["neighbors"][:7]] for step in (first, last)]
                self.assertNotEqual(topics[0], [topic_of(word)] * 7)
                self.assertEqual(topics[1], [topic_of(word)] * 7)
                self.assertEqual(trace["points"][i]["word"], word)
                found = self.expect(0, "neighbors", word, "--vectors", "words.bin", "--json").json["neighbors"]
                self.assertEqual([n["word"] for n in last["chosen"][i]["neighbors"]], [n["word"] for n in found])
            # The largest difference between these words is that of their topics: sides of the map.
            places = {p["word"]: x for p, (x, _) in zip(trace["points"], last["positions"])}
            sides = {places[word] > 0 for word in TOPICS["fruit"]}, {places[word] > 0 for word in TOPICS["metal"]}
            self.assertEqual([len(side) for side in sides], [1, 1])
            self.assertNotEqual(*sides)

    def test_a_trace_is_the_same_for_a_seed_and_changes_no_vectors(self):
        self.write("corpus.txt", corpus(1500))
        self.expect(0, "train", "skipgram", "corpus.txt", "-o", "untraced.bin", "--dim", "40", "--sample", "0")
        one = self.trace("skipgram")
        self.assertEqual((self.directory / "words.bin").read_bytes(), (self.directory / "untraced.bin").read_bytes())
        self.assertEqual(self.trace("skipgram"), one)
        self.assertNotEqual(self.trace("skipgram", "--seed", "2"), one)
        self.environment["SEMEME_ISA"] = "scalar"
        self.assertEqual(self.trace("skipgram"), one)
        del self.environment["SEMEME_ISA"]
        traces = {self.trace("skipgram", "--deterministic", "--threads", threads) for threads in "123"}
        self.assertEqual(len(traces), 1)

    def test_a_trace_has_the_steps_and_the_file_asked_for(self):
        self.write("corpus.txt", corpus(1500))
        self.expect(0, "train", "cbow", "corpus.txt", "-o", "w.vec", "--dim", "20", "--trace", "apple", "--trace-file",
                    "t.json", "--trace-steps", "3", "--trace-vocab-limit", "12")
        trace = json.loads((self.directory / "t.json").read_text())
        self.assertLessEqual(len(trace["steps"]), 4)
        self.assertIn(trace["candidates"], (12, 13))
        self.expect_error(4, '"quince"', "train", "cbow", "corpus.txt", "-o", "x.vec", "--trace", "apple,quince")
        self.expect(2, "train", "cbow", "corpus.txt", "-o", "x.vec", "--trace", "apple", "--trace-steps", "0")
        self.expect(2, "train", "cbow", "corpus.txt", "-o", "x.vec", "--trace-steps", "5")
        self.expect(2, "train", "cbow", "corpus.txt", "-o", "x.vec", "--trace", "apple", "--checkpoint", "x.ckpt")
        self.assertFalse((self.directory / "x.vec").exists())

    def test_the_example_of_the_trace_page_is_what_is_written(self):
        page = (DOCS / "formats" / "training-trace.md").read_text()
        command, example = (block.split("```")[0] for block in page.split("```console\n$ ")[1:] + page.split("```json\n")[1:])
        text, train = command.strip().split(" > corpus.txt\n$ ")
        self.write("corpus.txt", subprocess.run(["sh", "-c", text], capture_output=True, check=True).stdout)
        self.expect(0, *train.split()[1:])
        written = json.loads((self.directory / "words.vec.trace.json").read_text())
        shown = json.loads(example)
        self.assertEqual(shown, written)

    def test_bad_input_is_named(self):
        self.write("corpus.txt", "one two three\n")
        self.assertIn("at least 5 times", self.expect(2, "train", "skipgram", "corpus.txt", "-o", "w.vec").err)
        self.assertIn(".vec", self.expect(2, "train", "skipgram", "corpus.txt", "-o", "w.pkl").err)
        self.expect(4, "train", "skipgram", "missing.txt", "-o", "w.vec")
        self.expect(2, "train", "cbow", "corpus.txt", "-o", "w.vec", "--dim", "0")
        self.write("words.txt", corpus(50))
        self.assertIn("1 to 2000", self.expect(2, "train", "bow", "words.txt", "-o", "w.vec", "--dim", "0").err)
        self.assertIn("--document", self.expect(2, "train", "bow", "words.txt", "-o", "w.vec", "--document", "0").err)
        self.assertIn("0 to 1", self.expect(2, "train", "ppmi", "words.txt", "-o", "w.vec", "--cds", "2").err)
        self.assertIn("shift", self.expect(2, "train", "ppmi", "words.txt", "-o", "w.vec", "--shift", "-1").err)
        self.assertIn("window", self.expect(2, "train", "ppmi", "words.txt", "-o", "w.vec", "--window", "0").err)
        self.write("cut.gz", gzip.compress(corpus().encode())[:5000])
        self.assertIn("cut.gz", self.expect(8, "train", "cbow", "cut.gz", "-o", "w.vec").err)
        self.assertFalse((self.directory / "w.vec").exists())


class Phrases(SememeTest):
    TEXT = "I saw New York. We saw new york in the new year!\nNew York saw rain; the year was new.\n"

    def test_phrases_are_joined_and_listed(self):
        self.write("text.gz", gzip.compress(self.TEXT.encode()))
        report = self.expect(0, "phrases", "text.gz", "-o", "out.txt", "--min-count", "2", "--threshold", "1.2",
                             "--list", "list.tsv", "--json").json
        self.assertEqual((self.directory / "out.txt").read_text(),
                         "i saw new_york\nwe saw new_york in the new year\nnew_york saw rain the year was new\n")
        self.assertEqual((report["sentences"], report["phrases"]), (3, 1))
        self.assertEqual(report["passes"], [{"words": 20, "distinct_pairs": 14, "joined": 3}])
        self.assertEqual(report["top"], [{"phrase": "new_york", "joined": 3, "score": 20 / 15}])
        self.assertEqual((self.directory / "list.tsv").read_text(), "new_york\t3\t1.333333\n")

    def test_joined_text_goes_down_a_pipe(self):
        result = self.expect(0, "phrases", "-", "-o", "-", "--min-count", "1", "--npmi", "0.9", "--passes", "2",
                             "--delimiter", "+", stdin="a b c\na b c\nd a\n")
        self.assertEqual(result.out, "a b+c\na b+c\nd a\n")
        self.assertIn("2 pairs among 8 words", result.err)

    def test_bad_phrases_are_named(self):
        self.write("text", "a b\n")
        self.assertIn("delimiter", self.expect(2, "phrases", "text", "-o", "out", "--delimiter", "a b").err)
        self.expect(2, "phrases", "text", "-o", "out", "--threshold", "3", "--npmi", "0.5")
        self.expect(4, "phrases", "none", "-o", "out")
        self.assertFalse((self.directory / "out").exists())


class Glove(TrainTest):
    def train(self, output, *options):
        return self.expect(0, "train", "glove", "corpus.txt", "-o", output, "--dim", "20", "--json", *options).json

    def test_finds_the_topics(self):
        self.write("corpus.txt", corpus())
        report = self.train("words.vec")
        self.assertEqual((report["vocabulary"], report["words"], report["pairs"]), (24, 40000, 3 * 8 * 8))
        self.assertTrue(report["finished"])
        for word in ("apple", "zinc", "harp"):
            found = self.expect(0, "neighbors", word, "--vectors", "words.vec", "-k", "5", "--json").json
            self.assertEqual([topic_of(n["word"]) for n in found["neighbors"]], [topic_of(word)] * 5)

    def test_the_same_bytes_for_any_threads_memory_and_tier(self):
        draw = random.Random(3)
        self.write("corpus.txt", "\n".join(" ".join(f"w{int(1 / (draw.random() + 0.002))}" for _ in range(20))
                                           for _ in range(1500)))
        variants = {"1": (), "2": ("--threads", "2"), "4": ("--threads", "4"), "memory": ("--memory", "10KB")}
        files = {}
        for name, options in variants.items():
            self.train(f"{name}.bin", *options)
            files[name] = (self.directory / f"{name}.bin").read_bytes()
        files |= self.bytes_by_tier("glove")
        self.assertEqual(len(set(files.values())), 1)
        self.train("other.bin", "--seed", "2")
        self.assertNotEqual((self.directory / "other.bin").read_bytes(), files["1"])

    def test_interrupted_training_leaves_vectors(self):
        self.write("corpus.txt", corpus(2000))
        self.interrupt(b"trained on pairs", "glove", "corpus.txt", "--epochs", "1000000")

    def test_bad_settings_are_named(self):
        self.write("corpus.txt", corpus(200))
        diverged = self.expect(2, "train", "glove", "corpus.txt", "-o", "w.vec", "--rate", "10", "--epochs", "1000").err
        self.assertIn("lower learning rate", diverged)
        self.assertIn("window", self.expect(2, "train", "glove", "corpus.txt", "-o", "w.vec", "--window", "0").err)
        self.assertIn("x-max", self.expect(2, "train", "glove", "corpus.txt", "-o", "w.vec", "--x-max", "0").err)
        self.assertIn(".vec", self.expect(2, "train", "glove", "corpus.txt", "-o", "w.pkl").err)
        self.write("alone.txt", "one\none\n")
        alone = self.expect(2, "train", "glove", "alone.txt", "-o", "w.vec", "--min-count", "1").err
        self.assertIn("near each other", alone)
        self.assertFalse((self.directory / "w.vec").exists())


class Words(SememeTest):
    def setUp(self):
        super().setUp()
        self.write("words.vec", "5 3\nking 1 0 0.1\nqueen 1 1 0.1\nman 0 0 1\nwoman 0 1 1\napple -1 0 0.5\n")

    def test_analogy(self):
        found = self.expect(0, "analogy", "king", "-", "man", "+", "woman", "--vectors", "words.vec", "--json").json
        self.assertEqual(found["neighbors"][0]["word"], "queen")
        self.assertEqual([n["word"] for n in found["neighbors"]], ["queen", "apple"])
        self.assertEqual(found["terms"][1], {"word": "man", "sign": "-"})
        self.assertIn('"duke"', self.expect(4, "analogy", "duke", "-", "man", "--vectors", "words.vec").err)

    def test_vectors_come_from_the_environment(self):
        self.environment["SEMEME_VECTORS"] = "words.vec"
        self.assertIn("queen", self.expect(0, "neighbors", "king").out)

    def test_eval_words(self):
        self.write("questions.txt", ": family\nMan king Woman queen\nman king woman duke\n: empty\n")
        self.write("pairs.csv", "word1,word2,score\nking,queen,9\nman,woman,8\nking,apple,1\nking,duke,5\n")
        results = self.expect(0, "eval", "words", "words.vec", "questions.txt", "pairs.csv", "--json").json
        self.assertEqual(results[0]["kind"], "analogy")
        self.assertEqual((results[0]["accuracy"], results[0]["covered"], results[0]["total"]), (100, 1, 2))
        self.assertEqual(results[0]["sections"][1]["accuracy"], None)
        self.assertEqual(results[1]["kind"], "similarity")
        self.assertAlmostEqual(results[1]["spearman"], 100)
        self.assertEqual((results[1]["covered"], results[1]["total"]), (3, 4))
        text = self.expect(0, "eval", "words", "words.vec", "questions.txt", "pairs.csv").out
        self.assertIn("family", text)
        self.assertIn("spearman", text)

    def test_eval_sts_by_words(self):
        self.write("pairs.tsv", "5\tThe king.\tKing!\n3\tking\tqueen\n1\tking\tapple\n0\tking\tduke\n")
        report = self.expect(0, "eval", "sts", "pairs.tsv", "--vectors", "words.vec", "--pooling", "mean", "--json").json
        self.assertAlmostEqual(report["spearman"], 80)  # king and apple: below nothing at all
        self.assertEqual((report["pairs"], report["words"], report["unknown_words"]), (4, 9, 2))
        self.assertEqual(self.expect(0, "eval", "sts", "pairs.tsv", "--vectors", "words.vec", "--json").json["pooling"], "sif")
        self.expect(2, "eval", "sts", "pairs.tsv", "--pooling", "mean")
        self.environment["SEMEME_MODEL"] = "none"  # which models have, not vectors
        self.expect(0, "eval", "sts", "pairs.tsv", "--vectors", "words.vec")
        self.expect(4, "eval", "sts", "pairs.tsv", "--vectors", "none.vec")

    def test_damaged_vectors_are_named(self):
        self.write("cut.vec", "2 3\nking 1 0 0.1\nqueen 1 1\n")
        self.assertIn("line 3", self.expect(8, "neighbors", "king", "--vectors", "cut.vec").err)
        model = (GOLDEN / "word_vectors" / "skipgram.bin").read_bytes()
        self.write("cut.bin", model[:-1])
        self.assertIn("byte", self.expect(8, "neighbors", "apple", "--vectors", "cut.bin").err)
        self.write("new.bin", model[:4] + b"\x0d" + model[5:])
        self.assertIn("found 13", self.expect(6, "neighbors", "apple", "--vectors", "new.bin").err)
        self.expect(4, "neighbors", "king", "--vectors", "none.vec")


if __name__ == "__main__":
    unittest.main()
