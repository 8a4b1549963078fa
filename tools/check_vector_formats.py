#!/usr/bin/env python3
"""Word vector files from sememe to gensim, fastText, NumPy and safetensors and back: every file is read by both sides.

    pip install gensim fasttext-wheel numpy safetensors        # and fastText's program: apt install fasttext
    tools/check_vector_formats.py [--sememe build/release/sememe] [--fasttext fasttext]

Prints a line for each check and fails if one does.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import fasttext
import numpy as np
from gensim.models import FastText, KeyedVectors
from gensim.models.fasttext import load_facebook_model, save_facebook_model
from safetensors.numpy import load_file, save_file

TOPICS = {"fruit": ["apple", "apples", "pear", "pears", "plum", "plums", "größe", "grüne"],
          "metal": ["iron", "ironic", "copper", "coppers", "zinc", "тин", "日本", "日本語"],
          "music": ["violin", "violins", "flute", "flutes", "drum", "drums", "harp", "it's"]}
UNKNOWN = ["pineapple", "irons", "grün", "drumming", "日本人"]
failures = []


def check(name, condition, detail=""):
    print(f"{'ok  ' if condition else 'FAIL'} {name} {detail}".rstrip())
    if not condition:
        failures.append(name)


def run(*arguments, stdin=None, code=0):
    process = subprocess.run([str(a) for a in arguments], input=stdin, capture_output=True, text=True, encoding="utf-8")
    if process.returncode != code:
        sys.exit(f"{arguments}: exit code {process.returncode}, expected {code}\n{process.stdout}\n{process.stderr}")
    return process.stdout


def make_sentences():
    draw = random.Random(3)
    return [draw.choices(words, k=8) for words in draw.choices(list(TOPICS.values()), k=3000)]


class Checks:
    def __init__(self, directory, sememe, program):
        self.directory = directory
        self.sememe = sememe
        self.fasttext = program
        self.sentences = make_sentences()
        self.corpus = directory / "corpus.txt"
        self.corpus.write_text("".join(" ".join(s) + "\n" for s in self.sentences), encoding="utf-8")

    def train(self, model, name, *options):
        path = self.directory / name
        run(self.sememe, "train", model, self.corpus, "-o", path, "--words", "spaces", "--dim", "20", "--sample", "0",
            "--threads", "1", "--epochs", "2", "--progress", "never", *options)
        return path

    def neighbors(self, path, word, count=5):
        found = json.loads(run(self.sememe, "neighbors", word, "--vectors", path, "-k", count, "--json"))
        return [(n["word"], n["cosine"]) for n in found["neighbors"]]

    def same_neighbors(self, name, path, words, matrix, queries):
        """sememe's neighbours in a file are those that NumPy finds; queries: {word: vector}."""
        units = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
        worst, good = 0.0, True
        for word, vector in queries.items():
            cosines = units @ (vector / np.linalg.norm(vector))
            at = {w: c for w, c in zip(words, cosines)}
            best = sorted((c for w, c in at.items() if w != word), reverse=True)[:5]
            found = self.neighbors(path, word)
            worst = max([worst] + [abs(c - at[w]) for w, c in found] + [abs(c - b) for (_, c), b in zip(found, best)])
            good = good and len(found) == 5 and word not in dict(found)
        check(f"{name}: sememe reads it", good and worst < 2e-6, f"({len(queries)} queries, cosines within {worst:.1e})")

    def plain_formats(self, model):
        text = KeyedVectors.load_word2vec_format(str(self.train(model, "w.vec")))
        files = {"binary": KeyedVectors.load_word2vec_format(str(self.train(model, "w.bin")), binary=True),
                 "glove": KeyedVectors.load_word2vec_format(str(self.train(model, "w.glove")), binary=False, no_header=True)}
        for name, found in files.items():
            check(f"{model} {name}: gensim reads the same as from text",
                  found.index_to_key == text.index_to_key and np.array_equal(found.vectors, text.vectors),
                  f"({len(text)} words)")
        tensors = load_file(self.train(model, "w.safetensors"))
        words = bytes(tensors["words"]).decode().split("\n")[:-1]
        check(f"{model} safetensors", words == text.index_to_key and np.array_equal(tensors["vectors"], text.vectors))
        array = np.load(self.train(model, "w.npy"))
        words = (self.directory / "w.vocab.txt").read_text(encoding="utf-8").split("\n")[:-1]
        check(f"{model} npy", words == text.index_to_key and np.array_equal(array, text.vectors))

    def fasttext_model(self, name, *options):
        path = self.train("fasttext", "f.bin", "--buckets", "500", *options)
        text = KeyedVectors.load_word2vec_format(str(self.train("fasttext", "f.vec", "--buckets", "500", *options)))
        words = text.index_to_key
        model = fasttext.load_model(str(path))
        check(f"{name}: fastText's module has the words", model.get_words() == words)
        check(f"{name}: and their vectors, bit for bit",
              all(np.array_equal(model.get_word_vector(w), text[w]) for w in words), f"({len(words)} words)")
        known = load_facebook_model(str(path))
        worst = max(np.abs(known.wv[w] - model.get_word_vector(w)).max() for w in words)
        check(f"{name}: gensim has them too", list(known.wv.index_to_key) == words and worst < 1e-6, f"(within {worst:.1e})")
        ngrams = options[-1:] != ("0",)
        unknown = UNKNOWN if ngrams else []
        if unknown:
            worst = max(np.abs(known.wv[w] - model.get_word_vector(w)).max() for w in unknown)
            check(f"{name}: gensim and fastText agree on unknown words", worst < 1e-6, f"(within {worst:.1e})")
        printed = run(self.fasttext, "print-word-vectors", path, stdin="\n".join(words + unknown) + "\n")
        rows = [line.split() for line in printed.splitlines()]
        worst = max(np.abs(np.float32(row[1:]) - model.get_word_vector(row[0])).max() for row in rows)
        check(f"{name}: fastText's program prints them", len(rows) == len(words + unknown) and worst < 1e-4,
              f"(5 digits: within {worst:.1e})")
        self.same_neighbors(name, path, words, np.array([text[w] for w in words]),
                            {w: model.get_word_vector(w) for w in words[:5] + unknown})
        for word in words[:3] + unknown:
            lines = run(self.fasttext, "nn", path, "5", stdin=word + "\n").replace("Query word? ", "").splitlines()
            theirs = [line.split(" ")[0] for line in lines if line]
            ours = [w for w, _ in self.neighbors(path, word)]
            check(f"{name}: nearest to {word} are fastText's", ours == theirs, "" if ours == theirs else f"{ours} {theirs}")
        known.train(self.sentences, total_examples=len(self.sentences), epochs=1)
        check(f"{name}: gensim trains it further", np.isfinite(known.wv.vectors).all())

    def files_of_others(self):
        vectors = KeyedVectors(7)
        words = [w for topic in TOPICS.values() for w in topic]
        vectors.add_vectors(words, np.random.default_rng(1).standard_normal((len(words), 7), dtype=np.float32))
        queries = {w: vectors[w] for w in words[:6]}
        lines = "".join(w + "\n" for w in words).encode()
        paths = {name: self.directory / name for name in ("o.vec", "o.bin", "o.glove", "o.safetensors", "o.npy")}
        vectors.save_word2vec_format(str(paths["o.vec"]))
        vectors.save_word2vec_format(str(paths["o.bin"]), binary=True)
        vectors.save_word2vec_format(str(paths["o.glove"]), write_header=False)
        save_file({"vectors": vectors.vectors, "words": np.frombuffer(lines, np.uint8)}, paths["o.safetensors"])
        np.save(paths["o.npy"], vectors.vectors)
        (self.directory / "o.vocab.txt").write_bytes(lines)
        for name, path in paths.items():
            self.same_neighbors(name, path, words, vectors.vectors, queries)

    def models_of_others(self):
        labelled = self.directory / "labelled.txt"
        labelled.write_text("".join(f"__label__{len(s[0])} " + " ".join(s) + "\n" for s in self.sentences), encoding="utf-8")
        for name, command, options in (("fastText skipgram", "skipgram", ("-bucket", "400")),
                                       ("fastText cbow", "cbow", ("-maxn", "0", "-loss", "hs")),
                                       ("fastText supervised", "supervised", ("-minn", "2", "-maxn", "4", "-bucket", "400"))):
            run(self.fasttext, command, "-input", labelled if command == "supervised" else self.corpus, "-output",
                self.directory / command, "-dim", "10", "-minCount", "1", "-epoch", "1", "-thread", "1", *options)
            path = self.directory / f"{command}.bin"
            model = fasttext.load_model(str(path))
            words = model.get_words()
            matrix = np.array([model.get_word_vector(w) for w in words])
            known = [w for w in words if w != "</s>"][:5] + ([] if "-maxn" in options and "0" in options else UNKNOWN)
            self.same_neighbors(name, path, words, matrix, {w: model.get_word_vector(w) for w in known})
        run(self.fasttext, "quantize", "-output", self.directory / "supervised", "-input", labelled)
        run(self.sememe, "neighbors", "apple", "--vectors", self.directory / "supervised.ftz", code=6)
        check("fastText .ftz: refused by name", True)
        model = FastText(self.sentences, vector_size=9, min_count=1, bucket=300, epochs=1, workers=1)
        path = self.directory / "gensim.bin"
        save_facebook_model(model, str(path))
        words = model.wv.index_to_key
        self.same_neighbors("gensim's fastText model", path, words, model.wv.vectors,
                            {w: model.wv[w] for w in words[:5] + UNKNOWN})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sememe", default=Path(__file__).parents[1] / "build" / "release" / "sememe")
    parser.add_argument("--fasttext", default="fasttext")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        checks = Checks(Path(directory), args.sememe, args.fasttext)
        for model in ("skipgram", "cbow"):
            checks.plain_formats(model)
        checks.fasttext_model("sememe fasttext")
        checks.fasttext_model("sememe fasttext, short n-grams", "--min-n", "1", "--max-n", "2")
        checks.fasttext_model("sememe fasttext, no n-grams", "--max-n", "0")
        checks.files_of_others()
        checks.models_of_others()
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
