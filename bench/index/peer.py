"""A peer of the race of indexes that has a Python package: peer.py ENGINE BASE.npy QUERIES.npy METRIC K builds an index,
then answers the commands of index_peer.h on standard input."""

import ctypes
import json
import pathlib
import sys
import time

import numpy as np
import peer_engines

WARMING = 50  # as in index_peer.h


def own_memory():
    """Bytes of this process's own memory, without mapped files and what the allocator has free."""
    ctypes.CDLL(None).malloc_trim(0)
    for line in pathlib.Path("/proc/self/smaps_rollup").read_text().splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1]) * 1024
    raise RuntimeError("/proc/self/smaps_rollup has no line Anonymous")


def build(engine, path):
    engine.load()
    memory = own_memory()
    rows = np.load(path)
    count = len(rows)
    wall, cpu = time.perf_counter(), time.process_time()
    engine.build(rows)
    about = {"build_cpu_s": time.process_time() - cpu, "build_wall_s": time.perf_counter() - wall}
    del rows
    size = engine.bytes()
    about["bytes_per_vector"] = (own_memory() - memory if size is None else size) / count
    return about


def run(engine, queries, effort, count, out=""):
    engine.set_effort(effort)
    prepared = engine.prepare(queries[: int(count)])
    for query in prepared[:WARMING]:
        engine.search(query)
    answers = [None] * len(prepared)
    micros = [0.0] * len(prepared)
    clock, search = time.perf_counter, engine.search
    wall, cpu = clock(), time.process_time()
    for place, query in enumerate(prepared):
        begin = clock()
        answers[place] = search(query)
        micros[place] = clock() - begin
    cpu, wall = time.process_time() - cpu, clock() - wall
    if out:
        np.ascontiguousarray(engine.ids(answers), np.int32).tofile(out)
    p50, p99 = np.percentile(micros, [50, 99], method="lower") * 1e6
    return {"cpu_s": cpu, "wall_s": wall, "p50_us": p50, "p99_us": p99}


def answer(result):
    print(json.dumps(result), flush=True)


def main():
    name, base, queries, metric, k = sys.argv[1:]
    engine = peer_engines.ENGINES[name](metric, int(k))
    try:
        about = build(engine, base)
        loaded = np.load(queries)
        answer({"ready": True})
        for line in sys.stdin:
            command, *words = line.rstrip("\n").split("\t")
            answer(about if command == "about" else run(engine, loaded, *words))
    finally:
        engine.close()


if __name__ == "__main__":
    main()
