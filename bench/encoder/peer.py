"""One peer of the encoder race: reads commands on standard input (see harness.py).

    time FILE REPEATS    run a batch file so many times -> {"cpu_s": [...], "wall_s": [...]}
    vectors FILE OUT     write its vectors, [N, H] f32, in the order of the texts
    stats                {"peak_rss_mib"}

Padding the ids into arrays is not timed, and reading the vectors out is not needed: only the way from ids to unit
vectors is timed. A peer that cannot run here answers {"unable": why} and ends.
"""

import argparse
import concurrent.futures
import itertools
import json
import pathlib
import sys
import time

import numpy
import peer_engines
import workloads


def padded(texts):
    longest = max(len(text) for text in texts)
    ids = numpy.zeros((len(texts), longest), numpy.int64)
    mask = numpy.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}


class Peer:
    def __init__(self, engine, workers):
        self.engine = engine
        self.workers = workers
        self.pool = concurrent.futures.ThreadPoolExecutor(workers)
        self.prepared = {}

    def prepare(self, file):
        if file not in self.prepared:
            texts, batches = workloads.load(file)
            feeds = [padded([texts[text] for text in batch]) for batch in batches]
            self.prepared[file] = (batches, [self.engine.prepare(feed) for feed in feeds])
        return self.prepared[file]

    def run(self, inputs):
        """-> the vectors of each batch. Workers take the next batch as they become free."""
        if self.workers == 1:
            return [self.engine.run(one, 0) for one in inputs]
        results = [None] * len(inputs)
        places = itertools.count()

        def work(worker):
            while (place := next(places)) < len(inputs):
                results[place] = self.engine.run(inputs[place], worker)

        list(self.pool.map(work, range(self.workers)))
        return results

    def time(self, file, repeats):
        _, inputs = self.prepare(file)
        cpu, wall = [], []
        for _ in range(int(repeats)):
            wall_began, cpu_began = time.perf_counter(), time.process_time()
            self.run(inputs)
            cpu.append(time.process_time() - cpu_began)
            wall.append(time.perf_counter() - wall_began)
        return {"cpu_s": cpu, "wall_s": wall}

    def vectors(self, file, out):
        batches, inputs = self.prepare(file)
        vectors = None
        for batch, one in zip(batches, inputs):
            result = self.engine.run(one, 0)  # may be memory that the next run writes to
            if vectors is None:
                vectors = numpy.zeros((sum(map(len, batches)), result.shape[1]), numpy.float32)
            vectors[batch] = result
        vectors.tofile(out)
        return {"rows": len(vectors)}

    def stats(self):
        """The largest resident set since the program began (ru_maxrss would start from the parent's size)."""
        lines = pathlib.Path("/proc/self/status").read_text().splitlines()
        peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
        return {"peak_rss_mib": peak / 1024}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=list(peer_engines.ENGINES))
    parser.add_argument("source", type=pathlib.Path, help="what export_model.py wrote")
    parser.add_argument("precision")
    parser.add_argument("variant")
    parser.add_argument("threads", type=int)
    parser.add_argument("first", help="a batch file to run once before saying ready")
    arguments = parser.parse_args()
    try:
        peer = Peer(
            *peer_engines.load(
                arguments.engine, arguments.source, arguments.precision, arguments.variant, arguments.threads
            )
        )
    except peer_engines.Unable as error:
        print(json.dumps({"unable": str(error)}), flush=True)
        return
    peer.time(arguments.first, 1)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command, *words = line.rstrip("\n").split("\t")
        print(json.dumps(getattr(peer, command)(*words)), flush=True)


if __name__ == "__main__":
    main()
