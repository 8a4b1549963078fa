#!/usr/bin/env python3
"""Parts vectors into a base and held-out queries: VECTORS-base.npy and VECTORS-queries.npy.

    bench/index/split.py wiki.npy                the last 2,000 rows are the queries: rows are in a random order already
    bench/index/split.py words.npy --seed 7      random rows are: words are in the order of their frequency
"""

import argparse
import pathlib

import numpy as np


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vectors", type=pathlib.Path)
    parser.add_argument("--queries", type=int, default=2000)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    rows = np.load(options.vectors, mmap_mode="r")
    held_out = np.zeros(len(rows), bool)
    if options.seed is None:
        held_out[-options.queries :] = True
    else:
        held_out[np.random.default_rng(options.seed).choice(len(rows), options.queries, replace=False)] = True
    for name, chosen in (("base", ~held_out), ("queries", held_out)):
        np.save(options.vectors.with_name(f"{options.vectors.stem}-{name}.npy"), rows[chosen])


if __name__ == "__main__":
    main()
