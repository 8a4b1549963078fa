#!/usr/bin/env python3
"""The exact neighbours of queries, by a blocked product of matrices; and the recall of what an index found.

    bench/index/truth.py BASE.npy QUERIES.npy TRUTH.npy [--metric cosine|ip|l2] [--k 100]
"""

import argparse
import pathlib

import numpy as np

BLOCK = 20_000
TOLERANCE = 1e-5  # of a score, for neighbours as near as the last true one: rounding and equal rows


def unit(rows):
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-30)


def scores_of(queries, rows, metric):
    """The more the nearer, [queries, rows]; of unit vectors for cosine."""
    if metric == "cosine":
        rows = unit(rows)
    products = queries @ rows.T
    return 2 * products - np.einsum("ij,ij->i", rows, rows) if metric == "l2" else products


def exact(base, queries, metric, k):
    """Ids of the k nearest rows of each query, nearest first, [queries, k] int32. Equal scores: the lower id first."""
    if metric == "cosine":
        queries = unit(queries)
    k = min(k, len(base))
    best_scores = np.empty((len(queries), 0), np.float32)
    best_ids = np.empty((len(queries), 0), np.int32)
    for start in range(0, len(base), BLOCK):
        scores = scores_of(queries, np.asarray(base[start : start + BLOCK]), metric)
        keep = np.argpartition(-scores, min(k, scores.shape[1]) - 1, axis=1)[:, :k]
        best_ids = np.hstack([best_ids, (keep + start).astype(np.int32)])
        best_scores = np.hstack([best_scores, np.take_along_axis(scores, keep, 1)])
        order = np.lexsort((best_ids, -best_scores), axis=1)[:, :k]
        best_ids = np.take_along_axis(best_ids, order, 1)
        best_scores = np.take_along_axis(best_scores, order, 1)
    return best_ids


def cached(path, base_path, queries_path, metric):
    """The truth in path, computed where it is missing or older than the vectors."""
    path = pathlib.Path(path)
    inputs = [pathlib.Path(base_path), pathlib.Path(queries_path)]
    if not path.exists() or path.stat().st_mtime < max(file.stat().st_mtime for file in inputs):
        np.save(path, exact(np.load(base_path, mmap_mode="r"), np.load(queries_path), metric, 100))
    return np.load(path)


class Recall:
    """Recall@k by distance: a found row counts when it is as near as the k-th true one, so equal rows count as equal."""

    def __init__(self, base, queries, truth, metric, k):
        self.base, self.metric, self.k = base, metric, k
        self.queries = unit(queries) if metric == "cosine" else queries
        self.floor = self._scores(truth[:, k - 1 : k])[:, 0] - TOLERANCE

    def _scores(self, ids):
        rows = np.asarray(self.base[ids.ravel()]).reshape(*ids.shape, -1)
        return np.vstack([scores_of(query[None], near, self.metric) for query, near in zip(self.queries, rows)])

    def of(self, ids):
        """ids: [queries, k], -1 where fewer were found; an id that is named twice counts once."""
        ids = ids[:, : self.k]
        ordered = np.sort(ids, axis=1)
        repeated = np.hstack([np.zeros((len(ids), 1), bool), ordered[:, 1:] == ordered[:, :-1]])
        valid = (ordered >= 0) & (ordered < len(self.base)) & ~repeated
        scores = self._scores(np.where(valid, ordered, 0))
        return float(np.mean((valid & (scores >= self.floor[:, None])).sum(1) / self.k))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("queries")
    parser.add_argument("truth")
    parser.add_argument("--metric", choices=["cosine", "ip", "l2"], default="cosine")
    parser.add_argument("--k", type=int, default=100)
    options = parser.parse_args()
    base = np.load(options.base, mmap_mode="r")
    np.save(options.truth, exact(base, np.load(options.queries), options.metric, options.k))


if __name__ == "__main__":
    main()
