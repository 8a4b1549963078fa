#!/usr/bin/env python3
"""Trains every model of `sememe train` on one corpus and prints a Markdown table: quality on the same evaluation sets, time, memory and
size. The last row is an encoder's: the vectors that it gives to the same words, each embedded alone."""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODELS = [("counts", "bow"), ("TF-IDF", "tfidf"), ("PPMI", "ppmi"), ("GloVe", "glove"), ("word2vec CBOW", "cbow"),
          ("word2vec skip-gram", "skipgram"), ("fastText skip-gram", "fasttext")]
SETS = ("questions-words.txt", "wordsim353.tsv", "simlex999.txt", "men.csv")


def run(command, **options):
    """CPU-seconds, peak resident MiB and wall seconds of a command."""
    begin = time.monotonic()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL, **options)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit {process.returncode}")
    return {"cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024,
            "wall_seconds": time.monotonic() - begin}


def evaluate(options, vectors):
    command = [options.sememe, "eval", "words", vectors, "--vocab-limit", "30000", "--json",
               *(options.words / name for name in SETS)]
    results = json.loads(subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE).stdout)
    analogies = results[0]
    sections = analogies["sections"]
    syntactic = [s for s in sections if s["name"].startswith("gram")]
    semantic = [s for s in sections if not s["name"].startswith("gram")]

    def accuracy(group):
        covered = sum(s["covered"] for s in group)
        return sum(s["accuracy"] * s["covered"] for s in group if s["covered"]) / max(covered, 1)

    return {"semantic": accuracy(semantic), "syntactic": accuracy(syntactic), "analogies": analogies["accuracy"],
            "analogies_3cosmul": analogies["accuracy_3cosmul"], "wordsim353": results[1]["spearman"],
            "simlex999": results[2]["spearman"], "men": results[3]["spearman"]}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", required=True)
    parser.add_argument("--words", type=pathlib.Path, required=True, help="directory of the evaluation sets")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="directory for the vectors")
    parser.add_argument("--sememe", default=str(ROOT / "build/release/sememe"))
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--only", nargs="+", help="names of models: bow, ..., encoder")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rows = []

    def finish(name, model, vectors, cost):
        row = {"name": name, "model": model, "bytes": vectors.stat().st_size, **cost, **evaluate(options, vectors)}
        rows.append(row)
        print(f"| {name} | {row['semantic']:.1f} | {row['syntactic']:.1f} | {row['analogies']:.1f} | {row['wordsim353']:.1f} | "
              f"{row['simlex999']:.1f} | {row['men']:.1f} | {row['cpu_seconds']:.0f} | {row['peak_mib']:.0f} | "
              f"{row['bytes'] / 1e6:.0f} |", flush=True)

    print("| model | semantic | syntactic | analogies | WordSim-353 | SimLex-999 | MEN | CPU seconds | peak MiB | MB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, model in MODELS:
        if options.only and model not in options.only:
            continue
        vectors = options.out / f"{model}.npy"
        cost = run([options.sememe, "train", model, options.corpus, "-o", vectors, "--words", "spaces", "--dim", options.dim,
                    "--threads", 1, "--progress", "never"])
        finish(name, model, vectors, cost)
    if not options.only or "encoder" in options.only:
        words = next(options.out.glob("*.vocab.txt"))
        vectors = options.out / "encoder.npy"
        (options.out / "encoder.vocab.txt").write_bytes(words.read_bytes())
        with words.open("rb") as text:
            cost = run([options.sememe, "embed", "--npy", vectors, "--threads", 1, "--progress", "never"], stdin=text)
        finish("encoder, each word alone", "encoder", vectors, cost)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
