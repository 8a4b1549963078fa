"""Tiny word vectors in every file format, and the vectors that the programs which wrote them give: tests/golden/word_vectors.

    python tools/golden/make_word_vectors.py --out tests/golden/word_vectors [--fasttext PROGRAM]

*.bin, *.vec of fastText by its program (one thread, seed 0) or gensim, word2vec files by gensim, safetensors and npy by
those packages. expected.json: {file: {word: [float, ...]}} by fasttext's and gensim's Python modules; words that are in
no corpus are out of the vocabulary.
"""

import argparse
import json
import random
import subprocess
import tempfile
from pathlib import Path

import fasttext
import numpy as np
from gensim.models import FastText, KeyedVectors
from gensim.models.fasttext import load_facebook_model, save_facebook_model
from safetensors.numpy import save_file

WORDS = ["apple", "apples", "grün", "grüne", "日本", "日本語", "a", "it's"]
UNKNOWN = ["pineapple", "begrünt", "日", "</s>", "b"]


def sentences():
    draw = random.Random(5)
    return [draw.choices(WORDS, k=draw.randint(3, 8)) for _ in range(60)]


def numbers(vector):
    return [float(x) for x in np.asarray(vector, dtype=np.float32)]


def fasttext_vectors(path, words):
    model = fasttext.load_model(str(path))
    return {word: numbers(model.get_word_vector(word)) for word in words}


def run_fasttext(program, *arguments):
    subprocess.run([program, *map(str, arguments), "-thread", "1"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/golden/word_vectors"))
    parser.add_argument("--fasttext", default="fasttext")
    args = parser.parse_args()
    out = args.out
    out.mkdir(parents=True, exist_ok=True)
    expected = {}
    with tempfile.TemporaryDirectory() as directory:
        corpus = Path(directory) / "corpus.txt"
        corpus.write_text("".join(" ".join(s) + "\n" for s in sentences()), encoding="utf-8")
        labelled = Path(directory) / "labelled.txt"
        labelled.write_text("".join(f"__label__{len(s) % 2} " + " ".join(s) + "\n" for s in sentences()), encoding="utf-8")
        tiny = ("-dim", 5, "-minCount", 1, "-epoch", 2, "-ws", 2)
        run_fasttext(args.fasttext, "skipgram", "-input", corpus, "-output", out / "skipgram", "-minn", 2, "-maxn", 3, "-bucket", 30,
                     *tiny)
        run_fasttext(args.fasttext, "cbow", "-input", corpus, "-output", out / "cbow", "-maxn", 0, "-loss", "hs", *tiny)
        run_fasttext(args.fasttext, "supervised", "-input", labelled, "-output", out / "supervised", "-minn", 1, "-maxn", 2,
                     "-bucket", 20, "-dim", 4, "-epoch", 2)
    for name, words in (("skipgram", WORDS + UNKNOWN), ("cbow", WORDS + ["</s>"]), ("supervised", WORDS + UNKNOWN)):
        expected[f"{name}.bin"] = fasttext_vectors(out / f"{name}.bin", words)
    for name in ("cbow.vec", "supervised.vec"):
        (out / name).unlink()
    text = KeyedVectors.load_word2vec_format(str(out / "skipgram.vec"))
    expected["skipgram.vec"] = {word: numbers(text[word]) for word in text.index_to_key}

    model = FastText(sentences(), vector_size=4, min_count=1, min_n=3, max_n=4, bucket=20, epochs=2, workers=1, seed=3)
    save_facebook_model(model, str(out / "gensim_facebook.bin"))
    again = load_facebook_model(str(out / "gensim_facebook.bin"))
    expected["gensim_facebook.bin"] = {word: numbers(again.wv[word]) for word in WORDS + ["pineapple", "begrünt"]}

    words = KeyedVectors(3)
    words.add_vectors(WORDS, np.random.default_rng(7).standard_normal((len(WORDS), 3), dtype=np.float32))
    words.save_word2vec_format(str(out / "word2vec.bin"), binary=True)
    words.save_word2vec_format(str(out / "word2vec.vec"))
    words.save_word2vec_format(str(out / "vectors.glove"), write_header=False)
    lines = "".join(word + "\n" for word in words.index_to_key).encode()
    save_file({"vectors": words.vectors, "words": np.frombuffer(lines, dtype=np.uint8)}, out / "words.safetensors")
    np.save(out / "words.npy", words.vectors)
    (out / "words.vocab.txt").write_bytes(lines)
    for name in ("word2vec.bin", "word2vec.vec", "vectors.glove", "words.safetensors", "words.npy"):
        expected[name] = {word: numbers(words[word]) for word in WORDS}
    (out / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
