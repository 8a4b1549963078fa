"""Makes tests/golden/metrics: retrieval measures by pytrec_eval, correlations by scipy.

    python tools/golden/make_metrics.py --out tests/golden/metrics

retrieval_*.json  {"note", "qrels": {query: {doc: grade}}, "run": {query: [[doc, score], ...]},
                   "per_query": {query: {measure: value}}, "mean": {measure: value}, "mean_queries": n}
                   The results of a query come in no particular order: the order is part of the measure.
sts.json          [{"name", "x", "y", "spearman", "pearson"}]; null where it is undefined (constant list)

Rules of trec_eval that the values rest on: results are ordered by score (as a 32-bit float) from high
to low, equal scores by document id from high to low as byte strings; a grade >= 1 is relevant for MAP,
MRR and recall; nDCG's gain is the grade itself, discount log2(rank + 1). The mean is over queries that
are in the qrels and in the run; a query without relevant documents counts in it with zeros.
"""

import argparse
import json
import random
import warnings
from pathlib import Path

import numpy as np
import pytrec_eval
import scipy
import scipy.stats

MEASURES = {"ndcg_cut_10": "ndcg@10", "map": "map", "recall_10": "recall@10", "recall_100": "recall@100"}


def trec_order(results):
    """[(doc, score)] in trec_eval's order."""
    return sorted(results.items(), key=lambda r: (np.float32(r[1]), r[0].encode()), reverse=True)


def evaluate(qrels, run):
    """Per query measures and their mean; mrr@10 is the reciprocal rank within the first ten results."""
    names = {"ndcg_cut.10", "map", "recall.10,100"}
    found = pytrec_eval.RelevanceEvaluator(qrels, names).evaluate(run)
    top = {q: dict(trec_order(r)[:10]) for q, r in run.items()}
    first = pytrec_eval.RelevanceEvaluator(qrels, {"recip_rank"}).evaluate(top)
    per_query = {}
    for q in sorted(found):
        per_query[q] = {short: found[q][long] for long, short in MEASURES.items()}
        per_query[q]["mrr@10"] = first[q]["recip_rank"] if q in first else 0.0
    keys = list(MEASURES.values()) + ["mrr@10"]
    mean = {k: sum(v[k] for v in per_query.values()) / len(per_query) for k in keys}
    return per_query, mean


def random_ranking(rng, queries, documents, results, grades, decimals):
    """A run whose scores lean towards relevant documents; few decimals make many ties."""
    docs = [f"d{i}" for i in range(documents)]
    qrels, run = {}, {}
    for i in range(queries):
        q = f"q{i}"
        judged = rng.sample(docs, rng.randrange(3, 40))
        qrels[q] = {d: rng.choice(grades) for d in judged}
        chosen = rng.sample(docs, results)
        run[q] = {d: round(rng.gauss(0, 1) + qrels[q].get(d, 0) * 0.8, decimals) for d in chosen}
    return qrels, run


def rankings(rng):
    small_qrels = {
        "graded": {"a": 3, "b": 2, "c": 1, "d": 0},
        "ties": {"a": 1, "b": 0, "z": 2, "10": 1, "9": 1},
        "no_relevant": {"a": 0, "b": 0},
        "not_in_run": {"a": 1},
        "nothing_found": {"x": 2, "y": 1},
        "negative_grade": {"a": -1, "b": 1, "c": 2},
        "first_at_eleven": {"r": 1},
        "few_results": {"a": 1, "b": 1, "c": 2, "e": 1},
        "nearly_tied": {"a": 1},
    }
    small_run = {
        "graded": {"c": 0.9, "d": 0.8, "a": 0.7, "e": 0.6, "b": 0.5},
        "ties": {"a": 1.0, "b": 1.0, "z": 1.0, "10": 0.5, "9": 0.5, "11": 0.5, "A": 0.5},
        "no_relevant": {"a": 0.3, "b": 0.2, "c": 0.1},
        "not_judged": {"a": 1.0},
        "nothing_found": {"a": 0.3, "b": 0.2},
        "negative_grade": {"a": 0.9, "b": 0.8, "c": -0.5},
        "first_at_eleven": {**{f"n{i}": 20.0 - i for i in range(10)}, "r": 5.0},
        "few_results": {"c": 0.1},
        "nearly_tied": {"a": 0.5, "b": 0.5 + 1e-12},
    }
    note = ("small: graded and negative grades, ties (ids compare as bytes, high first), a judged query missing in the run, a run query "
            "without judgements, queries without relevant documents or hits, scores that tie only as 32-bit floats")
    yield "small", note, small_qrels, small_run
    yield ("ties", "random: 25 queries, 300 documents, 120 results each, one decimal (many ties), grades 0..3",
           *random_ranking(rng, 25, 300, 120, [0, 0, 1, 1, 2, 3], 1))
    yield ("deep", "random: 3 queries with 1500 results each out of 2000 documents; MAP counts all results, not only 1000",
           *random_ranking(rng, 3, 2000, 1500, [0, 1, 2], 2))


def correlation(f, x, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = float(f(x, y).statistic)
    return value if np.isfinite(value) else None


def lists(rng):
    def noise(n, decimals):
        x = [round(rng.uniform(0, 5), decimals) for _ in range(n)]
        return x, [round(0.15 * a + rng.gauss(0, 0.2), 4) for a in x]
    yield "two_up", [1.0, 2.0], [3.0, 5.0]
    yield "two_down", [1.0, 2.0], [5.0, 3.0]
    yield "monotone_not_linear", [1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 4.0, 9.0, 16.0, 125.0]
    yield "ties_in_both", [1.0, 1.0, 2.0, 2.0, 3.0, 3.0], [1.0, 2.0, 2.0, 2.0, 1.0, 4.0]
    yield "all_but_one_tied", [0.0, 0.0, 0.0, 0.0, 1.0], [0.1, 0.5, 0.3, 0.2, 0.4]
    yield "constant", [1.0, 1.0, 1.0], [1.0, 2.0, 3.0]
    yield "negative_and_zero", [-1.0, 0.0, -0.0, 2.5, -3.5], [0.0, -1.0, 1.0, -2.0, 3.0]
    yield "large_offset", [1e9 + i for i in (1, 2, 3, 4, 5)], [1e-9 * i for i in (2, 1, 4, 3, 5)]
    yield "sts_like", *noise(200, 1)
    yield "sts_like_no_ties", *noise(150, 6)
    yield "few_grades", *noise(300, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/golden/metrics"))
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(args.seed)
    for name, note, qrels, run in rankings(rng):
        per_query, mean = evaluate(qrels, run)
        shuffled = {q: sorted(r.items(), key=lambda x: hash_order(x[0])) for q, r in run.items()}
        record = {"note": note, "qrels": qrels, "run": shuffled, "per_query": per_query, "mean": mean, "mean_queries": len(per_query)}
        path = args.out / f"retrieval_{name}.json"
        path.write_text(json.dumps(record, separators=(",", ":")) + "\n")
        print(path, path.stat().st_size, len(per_query), {k: round(v, 5) for k, v in mean.items()})
    records = []
    for name, x, y in lists(rng):
        records.append({"name": name, "x": x, "y": y, "spearman": correlation(scipy.stats.spearmanr, x, y), "pearson": correlation(scipy.stats.pearsonr, x, y)})
    (args.out / "sts.json").write_text(json.dumps(records, separators=(",", ":")) + "\n")
    for r in records:
        print(r["name"], len(r["x"]), r["spearman"], r["pearson"])


def hash_order(text):
    """A fixed order unrelated to scores and ids."""
    value = 2166136261
    for b in text.encode():
        value = (value ^ b) * 16777619 % 2**32
    return value


if __name__ == "__main__":
    main()
