"""Reference scores of a sentence-transformers model on STS and retrieval data.

    python tools/golden/reference_scores.py --model DIR [--sts TSV] [--beir DIR ...] [--json FILE]

STS: cosine of the two vectors against the human score; Spearman and Pearson by scipy, times 100. The
file is split at tabs only; quote characters mean nothing.
Retrieval: a BEIR directory (corpus.jsonl, queries.jsonl, qrels/*.tsv). A document is exactly
(title + " " + text).strip(); full cosine ranking in float32, first 1000, measured by pytrec_eval.
"""

import argparse
import json
import os
from importlib.metadata import version
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import scipy.stats
import torch
from sentence_transformers import SentenceTransformer

from common import load_tokenizer
from make_metrics import evaluate


class Reference:
    """The model, and how many of the texts it was given were longer than its limit."""

    def __init__(self, path, batch_size):
        self.model = SentenceTransformer(str(path), device="cpu", model_kwargs={"dtype": torch.float32})
        self.tokenizer, _ = load_tokenizer(path / "tokenizer.json")
        self.limit = self.model.max_seq_length
        self.batch_size = batch_size

    def truncated(self, texts):
        return sum(len(self.tokenizer.encode(t).ids) > self.limit for t in texts)

    def encode(self, texts):
        v = self.model.encode(texts, batch_size=self.batch_size, show_progress_bar=False)
        v = v.astype(np.float32)
        return v / np.linalg.norm(v, axis=1, keepdims=True)


def sts(reference, path, columns):
    rows = [line.rstrip("\r\n").split("\t") for line in path.read_bytes().decode("utf-8").split("\n") if line]
    score, first, second = columns
    human = [float(r[score]) for r in rows]
    a, b = reference.encode([r[first] for r in rows]), reference.encode([r[second] for r in rows])
    cosine = (a * b).sum(axis=1)
    return {
        "pairs": len(rows), "spearman_x100": 100 * float(scipy.stats.spearmanr(human, cosine).statistic),
        "pearson_x100": 100 * float(scipy.stats.pearsonr(human, cosine).statistic),
        "truncated": reference.truncated([r[i] for r in rows for i in (first, second)])}


def jsonl(path):
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line.strip()]


def beir(reference, path, top):
    qrels = {}
    for file in sorted((path / "qrels").glob("*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines()[1:]:
            query, document, grade = line.split("\t")
            qrels.setdefault(query, {})[document] = int(grade)
    documents = jsonl(path / "corpus.jsonl")
    texts = [(d.get("title", "") + " " + d["text"]).strip() for d in documents]
    queries = [q for q in jsonl(path / "queries.jsonl") if q["_id"] in qrels]
    scores = reference.encode([q["text"] for q in queries]) @ reference.encode(texts).T
    run = {}
    for q, row in zip(queries, scores):
        best = np.argsort(-row, kind="stable")[:top]
        run[q["_id"]] = {documents[i]["_id"]: float(row[i]) for i in best}
    per_query, mean = evaluate(qrels, run)
    return {
        "documents": len(texts), "queries": len(queries), "evaluated": len(per_query), **mean,
        "empty_documents": sum(not t for t in texts),
        "truncated_documents": reference.truncated(texts), "truncated_queries": reference.truncated([q["text"] for q in queries])}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--name", default="", help="the model's name in the output (default: its directory's)")
    parser.add_argument("--sts", type=Path, action="append", default=[])
    parser.add_argument("--columns", type=int, nargs=3, default=[4, 5, 6], help="score, sentence 1, sentence 2 (from 0)")
    parser.add_argument("--beir", type=Path, action="append", default=[])
    parser.add_argument("--top", type=int, default=1000)
    parser.add_argument("--batch-size", type=int, default=1, help="1 leaves no padding")
    parser.add_argument("--json", type=Path, help="also write the result here")
    args = parser.parse_args()
    torch.set_num_threads(1)
    reference = Reference(args.model, args.batch_size)
    result = {
        "model": args.name or args.model.name, "max_seq_length": reference.limit, "precision": "float32", "batch_size": args.batch_size,
        "versions": {p: version(p) for p in ("sentence-transformers", "transformers", "torch", "tokenizers", "scipy", "numpy", "pytrec-eval-terrier")},
        "document_text": "(title + \" \" + text).strip()", "top": args.top,
        "sts": {p.stem: sts(reference, p, args.columns) for p in args.sts}, "retrieval": {p.name: beir(reference, p, args.top) for p in args.beir}}
    text = json.dumps(result, indent=2)
    print(text)
    if args.json:
        args.json.write_text(text + "\n")


if __name__ == "__main__":
    main()
