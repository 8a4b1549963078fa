#!/usr/bin/env python3
"""Vectors that are harder to search than text: a hard case for the race of indexes, of any size, without a model.

    bench/index/synthetic.py 250000 hard250k.npy hard250k-queries.npy

A vector is a topic's centre plus noise, both with eigenvalues that fall as 1 / i (a power law, as embeddings have),
mixed over all axes by a few reflections and scaled to unit length. Topics are drawn with weights that fall as a Zipf
law's, so some regions are crowded. Queries are rows of the same distribution that are not in the base. The base is made
in blocks, each with a random stream of its own: the first N rows are the same for any size, and memory stays small.
"""

import argparse

import numpy as np

TOPICS = 2000
REFLECTIONS = 6
BLOCK = 10_000
QUERY_STREAM = 2**32 - 1  # no block has this number


class Distribution:
    """The topics and the mixing of one seed; rows(count, stream) draws from it."""

    def __init__(self, dim, exponent, seed):
        self.seed = seed
        self.scales = np.arange(1, dim + 1, dtype=np.float32) ** np.float32(-exponent / 2)
        random = np.random.default_rng([seed, QUERY_STREAM - 1])
        self.centres = random.standard_normal((TOPICS, dim), np.float32) * self.scales
        self.axes = random.standard_normal((REFLECTIONS, dim), np.float32)
        self.axes /= np.linalg.norm(self.axes, axis=1, keepdims=True)
        weights = (np.arange(TOPICS) + 10.0) ** -0.7
        self.cumulative = np.cumsum(weights / weights.sum())

    def rows(self, count, stream):
        """count unit vectors, [count, dim] float32."""
        random = np.random.default_rng([self.seed, stream])
        topics = np.searchsorted(self.cumulative, random.random(count)).clip(max=TOPICS - 1)
        rows = random.standard_normal((count, self.scales.size), np.float32) * self.scales + self.centres[topics]
        for axis in self.axes:
            rows -= np.outer(2 * (rows @ axis), axis)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def write(path, distribution, count, first_stream):
    """A .npy of count rows, a block at a time."""
    out = np.lib.format.open_memmap(path, "w+", np.float32, (count, distribution.scales.size))
    for stream, start in enumerate(range(0, count, BLOCK), first_stream):
        size = min(BLOCK, count - start)
        out[start : start + size] = distribution.rows(BLOCK, stream)[:size]
    out.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("base", help="the .npy to write")
    parser.add_argument("queries", help="the .npy of queries to write")
    parser.add_argument("--query-count", type=int, default=1000)
    parser.add_argument("--dim", type=int, default=384)
    parser.add_argument("--exponent", type=float, default=1.0, help="of the power law of the eigenvalues")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    distribution = Distribution(options.dim, options.exponent, options.seed)
    write(options.base, distribution, options.rows, 0)
    write(options.queries, distribution, options.query_count, QUERY_STREAM)


if __name__ == "__main__":
    main()
