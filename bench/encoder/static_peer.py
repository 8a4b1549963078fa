"""model2vec's side of the race of static models.

static_peer.py distill TEACHER OUT makes the directory and prints {"cpu_s", "wall_s"}. static_peer.py race MODEL TEXTS
TYPE answers commands (see harness.py); TYPE is the numbers that the table is turned into when it is loaded:

    time REPEATS    every text so many times -> {"cpu_s": [...], "wall_s": [...]}
    vectors OUT     write the vectors, [N, dim] f32
    stats           {"peak_rss_mib"}
"""

import json
import pathlib
import sys
import time

import numpy
from model2vec import StaticModel


def distilled(teacher, out):
    from model2vec.distill import distill

    wall, cpu = time.perf_counter(), time.process_time()
    model = distill(teacher)
    spent = {"cpu_s": time.process_time() - cpu, "wall_s": time.perf_counter() - wall}
    model.save_pretrained(out)
    return spent


def read_texts(path):
    data = pathlib.Path(path).read_bytes()
    count = int(numpy.frombuffer(data, "<u4", 1)[0])
    ends = 4 + 4 * count + numpy.cumsum(numpy.frombuffer(data, "<u4", count, 4).astype(numpy.int64))
    starts = [4 + 4 * count, *ends[:-1].tolist()]
    return [data[start:end].decode() for start, end in zip(starts, ends.tolist())]


class Peer:
    def __init__(self, model, texts, kind):
        self.model = StaticModel.from_pretrained(model, quantize_to=kind)
        self.texts = read_texts(texts)

    def encode(self, texts):
        return self.model.encode(texts, use_multiprocessing=False)

    def time(self, repeats):
        cpu, wall = [], []
        for _ in range(int(repeats)):
            wall_began, cpu_began = time.perf_counter(), time.process_time()
            self.encode(self.texts)
            cpu.append(time.process_time() - cpu_began)
            wall.append(time.perf_counter() - wall_began)
        return {"cpu_s": cpu, "wall_s": wall}

    def vectors(self, out):
        self.encode(self.texts).astype(numpy.float32).tofile(out)
        return {"rows": len(self.texts)}

    def stats(self):
        """The largest resident set since the program began (ru_maxrss would start from the parent's size)."""
        lines = pathlib.Path("/proc/self/status").read_text().splitlines()
        peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
        return {"peak_rss_mib": peak / 1024}


def main():
    action, *words = sys.argv[1:]
    if action == "distill":
        print(json.dumps(distilled(*words)))
        return
    peer = Peer(*words)
    peer.encode(peer.texts[:1])
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command, *rest = line.rstrip("\n").split("\t")
        print(json.dumps(getattr(peer, command)(*rest)), flush=True)


if __name__ == "__main__":
    main()
