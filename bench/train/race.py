#!/usr/bin/env python3
"""Races the training of word vectors against the programs people use, with the same settings on the same corpus.

Speed: words of the corpus a CPU-second of training. Each contender trains a slice of the corpus for one epoch and for
more; the difference of the two is training alone, without reading the text for its vocabulary and writing the result.
Contenders take turns; figures are the best of all rounds, ratios the median of ratios within one round.

Quality (--quality): each contender trains the whole corpus; `sememe eval words` measures all results.

Programs that are not there are left out and named: word2vec.c (built with -Ofast), pWord2Vec (with OpenBLAS), gensim,
fastText and GloVe are taken where the options say they are. GloVe is four programs; all of them are timed."""

import argparse
import dataclasses
import datetime
import glob
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Setting:
    model: str  # skipgram, cbow, fasttext, glove
    dim: int
    negative: int = 5
    sample: float = 1e-4
    min_count: int = 5

    x_max: float = 10

    @property
    def rate(self):
        return 0.025 if self.model == "skipgram" else 0.05

    @property
    def window(self):
        return 10 if self.model == "glove" else 5


@dataclasses.dataclass
class Step:
    arguments: list
    stdin: str = None
    stdout: str = os.devnull


@dataclasses.dataclass
class Contender:
    name: str
    program: str
    models: tuple
    steps: object  # (program, setting, corpus, output, epochs, threads, seed) -> list of Step
    seeded: bool = False  # takes a seed; the others give the same vectors each time, on one thread


def sememe(program, s, corpus, output, epochs, threads, seed):
    own = ["--x-max", s.x_max] if s.model == "glove" else ["--negative", s.negative, "--sample", s.sample]
    return [Step([program, "train", s.model, corpus, "-o", output + ".bin", "--words", "spaces", "--dim", s.dim,
                  "--window", s.window, "--min-count", s.min_count, "--rate", s.rate, "--epochs", epochs,
                  "--threads", threads, "--seed", seed, *own])]


def word2vec(program, s, corpus, output, epochs, threads, seed):
    return [Step([program, "-train", corpus, "-output", output + ".bin", "-binary", 1, "-cbow", int(s.model == "cbow"),
                  "-size", s.dim, "-window", s.window, "-negative", s.negative, "-hs", 0, "-sample", s.sample,
                  "-min-count", s.min_count, "-alpha", s.rate, "-iter", epochs, "-threads", threads, "-debug", 0])]


def fasttext(program, s, corpus, output, epochs, threads, seed):
    ngrams = (3, 6) if s.model == "fasttext" else (0, 0)
    return [Step([program, "cbow" if s.model == "cbow" else "skipgram", "-input", corpus, "-output", output,
                  "-dim", s.dim, "-ws", s.window, "-neg", s.negative, "-t", s.sample, "-minCount", s.min_count,
                  "-lr", s.rate, "-epoch", epochs, "-thread", threads, "-minn", ngrams[0], "-maxn", ngrams[1],
                  "-verbose", 0])]


def glove(program, s, corpus, output, epochs, threads, seed):
    directory = os.path.dirname(program)
    vocabulary, pairs, shuffled = (output + end for end in (".vocabulary", ".pairs", ".shuffled"))

    def step(name, *arguments, **files):
        return Step([os.path.join(directory, name), *arguments, "-verbose", 0], **files)

    return [step("vocab_count", "-min-count", s.min_count, stdin=corpus, stdout=vocabulary),
            step("cooccur", "-vocab-file", vocabulary, "-window-size", s.window, "-overflow-file", output + "-overflow",
                 stdin=corpus, stdout=pairs),
            step("shuffle", "-temp-file", output + "-shuffle", "-seed", seed, stdin=pairs, stdout=shuffled),
            step("glove", "-input-file", shuffled, "-vocab-file", vocabulary, "-save-file", output, "-binary", 0,
                 "-vector-size", s.dim, "-x-max", s.x_max, "-eta", s.rate, "-iter", epochs, "-threads", threads,
                 "-seed", seed)]


def gensim(program, s, corpus, output, epochs, threads, seed):
    return [Step([program, ROOT / "bench/train/gensim_train.py", s.model, corpus, output, s.dim, s.window, s.negative,
                  s.sample, s.min_count, s.rate, epochs, threads, seed])]


def run(contender, setting, corpus, directory, epochs, threads=1, seed=1):
    """CPU-seconds and wall seconds of one training, and its vectors."""
    output = os.path.join(directory, "vectors")
    for old in glob.glob(glob.escape(output) + "*"):
        os.remove(old)
    begin = os.times()
    # Libraries of matrix products start threads of their own.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    for step in contender.steps(contender.program, setting, corpus, output, epochs, threads, seed):
        command = [str(part) for part in step.arguments]
        with open(step.stdin or os.devnull, "rb") as stdin, open(step.stdout, "wb") as stdout:
            result = subprocess.run(command, env=environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE)
        if result.returncode != 0:
            sys.exit(f"{contender.name}: {' '.join(command)}: exit {result.returncode}\n"
                     f"{result.stderr[-2000:].decode(errors='replace')}")
    end = os.times()
    cpu = end.children_user + end.children_system - begin.children_user - begin.children_system
    vectors = next(path for path in (output + end for end in (".vec", ".bin", ".txt")) if os.path.exists(path))
    return cpu, end.elapsed - begin.elapsed, vectors


def slice_of(corpus, size, directory):
    """The first words of the corpus, and how many there are with five occurrences or more."""
    text = pathlib.Path(corpus).open("rb").read(size)
    text = text[:text.rfind(b" ")]
    path = os.path.join(directory, "slice")
    pathlib.Path(path).write_bytes(text)
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return path, sum(count for count in counts.values() if count >= 5)


def race_speed(contenders, settings, options, directory):
    corpus, words = slice_of(options.corpus, options.slice, directory)
    results = []
    for setting in settings:
        present = [c for c in contenders if setting.model in c.models]
        rounds = []
        for number in range(options.rounds):
            print(f"{setting.model} {setting.dim}: round {number + 1} of {options.rounds}", file=sys.stderr)
            speeds = {}
            for contender in present:
                once = run(contender, setting, corpus, directory, 1)[0]
                more = run(contender, setting, corpus, directory, 1 + options.epochs)[0]
                speeds[contender.name] = options.epochs * words / max(more - once, 1e-9)
            rounds.append(speeds)
        row = {"model": setting.model, "dim": setting.dim, "words": words, "rounds": rounds,
               "words_per_cpu_second": {c.name: max(r[c.name] for r in rounds) for c in present},
               "ratio": {c.name: statistics.median(r["sememe"] / r[c.name] for r in rounds)
                         for c in present if c.name != "sememe"}}
        results.append(row)
        print_speed(row)
    return results


def print_speed(row):
    print(f"\n{row['model']}, {row['dim']} dimensions: words a CPU-second of training, sememe is how many times as fast")
    for name, speed in row["words_per_cpu_second"].items():
        ratio = "" if name == "sememe" else f"{row['ratio'][name]:8.1f}"
        print(f"  {name:24} {speed:12,.0f} {ratio}")


def evaluate(options, vectors):
    words = options.words
    files = [str(words / name) for name in ("questions-words.txt", "wordsim353.tsv", "simlex999.txt", "men.csv")]
    command = [options.sememe, "eval", "words", vectors, "--vocab-limit", "30000", "--json", *files]
    results = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return {"analogies": results[0]["accuracy"], "wordsim353": results[1]["spearman"],
            "simlex999": results[2]["spearman"], "men": results[3]["spearman"]}


def write(options, results):
    if options.json:
        options.json.parent.mkdir(parents=True, exist_ok=True)
        options.json.write_text(json.dumps({"date": datetime.datetime.now().isoformat(timespec="minutes"),
                                            "machine": platform.processor() or platform.machine(),
                                            "results": results}, indent=1) + "\n")


def race_quality(contenders, settings, options, directory):
    results = json.loads(options.json.read_text())["results"] if options.json and options.json.exists() else []
    done = {(r["model"], r["dim"], r["epochs"], r["contender"], r["seed"]) for r in results}
    for setting in settings:
        print(f"\n{setting.model}, {setting.dim} dimensions, {options.quality} epochs: accuracy of analogies, Spearman x 100")
        for contender in [c for c in contenders if setting.model in c.models]:
            for seed in range(1, (options.seeds if contender.seeded else 1) + 1):
                if (setting.model, setting.dim, options.quality, contender.name, seed) in done:
                    continue
                cpu, wall, vectors = run(contender, setting, options.corpus, directory, options.quality,
                                         options.threads, seed)
                scores = evaluate(options, vectors)
                results.append({"model": setting.model, "dim": setting.dim, "epochs": options.quality,
                                "contender": contender.name, "seed": seed, "cpu_seconds": cpu, "wall_seconds": wall,
                                **scores})
                print(f"  {contender.name:24} {scores['analogies']:6.1f} {scores['wordsim353']:6.1f} "
                      f"{scores['simlex999']:6.1f} {scores['men']:6.1f}   {cpu:8.1f} CPU-s", flush=True)
                write(options, results)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", required=True, help="plain text, words parted by spaces")
    parser.add_argument("--sememe", default=str(ROOT / "build/release/sememe"))
    parser.add_argument("--word2vec", default="word2vec", help="word2vec.c, built with -Ofast -march=native")
    parser.add_argument("--pword2vec", default="pword2vec")
    parser.add_argument("--fasttext", default="fasttext")
    parser.add_argument("--gensim", default="", help="a Python that has gensim")
    parser.add_argument("--glove", type=pathlib.Path, default=pathlib.Path(),
                        help="directory of a built GloVe: vocab_count, cooccur, shuffle, glove")
    parser.add_argument("--models", nargs="+", default=["skipgram", "cbow", "fasttext", "glove"])
    parser.add_argument("--dims", nargs="+", type=int, default=[100, 300])
    parser.add_argument("--slice", type=int, default=12_000_000, help="bytes of the corpus that speed is measured on")
    parser.add_argument("--epochs", type=int, default=2, help="epochs that speed is measured on")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quality", type=int, metavar="EPOCHS", help="train the whole corpus and measure the vectors")
    parser.add_argument("--words", type=pathlib.Path,
                        help="directory of questions-words.txt, wordsim353.tsv, simlex999.txt and men.csv")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="for --quality")
    parser.add_argument("--only", nargs="+", metavar="CONTENDER", help="leave out all others")
    parser.add_argument("--json", type=pathlib.Path,
                        help="written after each training of --quality, which goes on where the file ends")
    options = parser.parse_args()
    if options.quality and not options.words:
        parser.error("--quality needs --words")
    contenders = [Contender("sememe", options.sememe, ("skipgram", "cbow", "fasttext", "glove"), sememe, True)]
    for name, program, models, steps in (
            ("word2vec.c -Ofast", options.word2vec, ("skipgram", "cbow"), word2vec),
            ("pWord2Vec", options.pword2vec, ("skipgram",), word2vec),
            ("gensim", options.gensim, ("skipgram", "cbow", "fasttext"), gensim),
            ("fastText", options.fasttext, ("skipgram", "cbow", "fasttext"), fasttext),
            ("GloVe", options.glove.resolve() / "glove", ("glove",), glove)):
        found = shutil.which(program)
        if found:
            contenders.append(Contender(name, found, models, steps, name in ("gensim", "GloVe")))
        elif not options.only or name in options.only:
            print(f"left out: {name}: no program {program}", file=sys.stderr)
    if options.only:
        contenders = [c for c in contenders if c.name in options.only]
    settings = [Setting(model, dim) for model in options.models for dim in options.dims]
    with tempfile.TemporaryDirectory() as directory:
        race = race_quality if options.quality else race_speed
        results = race(contenders, settings, options, directory)
    write(options, results)


if __name__ == "__main__":
    main()
