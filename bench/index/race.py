#!/usr/bin/env python3
"""Races vector indexes: queries a CPU-second over recall@k, one thread, one query a call.

    bench/index/run.sh --base BASE.npy --queries QUERIES.npy [--glass DIR] [--symphonyqg DIR]

Each contender builds its index, then tries its efforts from the lowest to the highest; what it finds is compared with
the exact neighbours, and one that finds less than half of them is left out. Then all contenders take turns for some
rounds; a point of the curve is the best of them. Figures at a recall are read from the curve: the logarithm of the
speed is interpolated over the recall.

sememe is a command of its own, `sememe eval index`: it builds and measures before the others and after them."""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import contenders  # noqa: E402
import curve  # noqa: E402
import harness  # noqa: E402
import numpy as np  # noqa: E402
import plot  # noqa: E402
import truth  # noqa: E402

ENOUGH = 0.998  # higher efforts tell nothing more
SEMEME_RECALLS = (0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995)


def note(text):
    print(text, file=sys.stderr, flush=True)


class Data:
    """The vectors, the exact neighbours, and files of unit rows where the metric is the cosine."""

    def __init__(self, options, directory):
        self.files = (options.base, options.queries)
        self.rows, self.dim = np.load(options.base, mmap_mode="r").shape
        self.query_count = len(np.load(options.queries, mmap_mode="r"))
        exact = truth.cached(options.truth or options.base.with_suffix(f".{options.metric}-truth.npy"), *self.files,
                             options.metric)
        self.unit_files = self.files
        if options.metric == "cosine":
            self.unit_files = tuple(self._unit(file, directory) for file in self.files)
        base, queries = (np.load(file, mmap_mode="r") for file in self.unit_files)
        self.recall = truth.Recall(base, np.asarray(queries), exact, options.metric, options.k)

    @staticmethod
    def _unit(file, directory):
        """The file itself where all rows have unit length already."""
        rows = np.load(file, mmap_mode="r")
        blocks = range(0, len(rows), truth.BLOCK)
        if all(np.allclose(np.linalg.norm(rows[at : at + truth.BLOCK], axis=1), 1, atol=1e-4) for at in blocks):
            return file
        out = np.lib.format.open_memmap(directory / file.name, "w+", np.float32, rows.shape)
        for at in blocks:
            out[at : at + truth.BLOCK] = truth.unit(rows[at : at + truth.BLOCK])
        out.flush()
        return directory / file.name


class Racer:
    """A contender that stands loaded, and its points."""

    def __init__(self, entry, data, options, directory):
        self.entry, self.data, self.options = entry, data, options
        self.ids_file = directory / "ids"
        words = [*entry.program, *data.unit_files, options.metric, options.k, *entry.settings]
        self.process = harness.Contender(entry.title, words)
        try:
            self.about = self.process.ask("about")
            self.points = {}
            self._try_efforts()
        except BaseException:
            self.process.close()
            raise

    def _run(self, effort, count, *out):
        answer = self.process.ask("run", effort, count, *out)
        return {"qps_cpu": count / max(answer["cpu_s"], 1e-9), "p50_us": answer["p50_us"], "p99_us": answer["p99_us"]}

    def _recall(self, effort, count):
        figures = self._run(effort, count, self.ids_file)
        ids = np.fromfile(self.ids_file, np.int32).reshape(count, self.options.k)
        return figures | {"effort": effort, "recall": self.data.recall.of(ids)}

    def _try_efforts(self):
        count = self.data.query_count
        for effort in self.entry.efforts:
            point = self._recall(effort, count)
            self.points[effort] = point
            if point["recall"] >= ENOUGH and "/" not in str(effort):
                break
        best = max(point["recall"] for point in self.points.values())
        note(f"{self.entry.title}: recall {best:.4f} at its best")
        if best < 0.5:
            raise RuntimeError(f"{self.entry.title}: recall {best:.3f} at its best, something is wrong")
        lowest = min(self.options.targets) - 0.1
        near = [point for point in self.points.values() if point["recall"] >= min(lowest, best)]
        self.points = {point["effort"]: point for point in curve.frontier(near, slack=0.15)}

    def round(self):
        """A slow effort is timed on fewer queries, but on 100 at least."""
        for effort, point in self.points.items():
            count = min(self.data.query_count, max(100, round(self.options.seconds * point["qps_cpu"])))
            again = self._run(effort, count)
            point["qps_cpu"] = max(point["qps_cpu"], again["qps_cpu"])
            point["p50_us"] = min(point["p50_us"], again["p50_us"])
            point["p99_us"] = min(point["p99_us"], again["p99_us"])

    def result(self):
        self.process.close()
        return {"contender": self.entry.title, **self.about, "points": curve.frontier(self.points.values())}


def start(entry, data, options, directory):
    """The loaded contender, or None with a notice."""
    if entry.missing:
        note(f"left out: {entry.title}: {entry.missing}")
        return None
    note(f"{entry.title}: builds")
    try:
        racer = Racer(entry, data, options, directory)
    except RuntimeError as error:
        note(f"left out: {error}")
        return None
    note(f"{entry.title}: built in {racer.about['build_cpu_s']:.1f} CPU-seconds")
    return racer


def race_peers(options, data, directory):
    chosen = [entry for entry in contenders.entries(options.programs, sys.executable)
              if not options.only or any(word.lower() in entry.title.lower() for word in options.only)]
    if options.alone:
        results = []
        for entry in chosen:
            if racer := start(entry, data, options, directory):
                for _ in range(options.rounds):
                    racer.round()
                results.append(racer.result())
        return results
    racers = [racer for entry in chosen if (racer := start(entry, data, options, directory))]
    for number in range(options.rounds):
        note(f"round {number + 1} of {options.rounds}")
        for racer in racers:
            racer.round()
    return [racer.result() for racer in racers]


def race_sememe(options, data, layout):
    """One run of `sememe eval index` as a result, or None with a notice."""
    title = f"sememe {layout}".rstrip()
    program = shutil.which(options.sememe)
    if not program:
        note(f"left out: {title}: no program {options.sememe}")
        return None
    words = [program, "eval", "index", "--vectors", *data.files[:1], "--queries", data.files[1], "--metric",
             options.metric, "--k", options.k, "--threads", 1, "--json", *(["--layout", layout] if layout else []),
             "--recall", *SEMEME_RECALLS]
    note(f"{title}: builds and measures")
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if done.returncode != 0:
        note(f"left out: {title}: {done.stderr.strip()[-300:]}")
        return None
    answer = json.loads(done.stdout)
    points = [{"effort": point["target"]} | point for point in answer.pop("targets")]
    return {"contender": title, **answer, "points": points}


def best_of(first, second):
    """Two runs of sememe as one: at each target the faster."""
    if not (first and second):
        return first or second
    for one, other in zip(first["points"], second["points"]):
        if other["qps_cpu"] > one["qps_cpu"]:
            one.update(other)
    first["build_cpu_s"] = min(first["build_cpu_s"], second["build_cpu_s"])
    return first


def print_results(results, targets):
    def speed(result, target):
        figures = result["at"][str(target)]
        return f"{figures['qps_cpu']:,.0f}" if figures else "-"

    def latency(result):
        figures = result["at"].get("0.95")
        return f"{figures['p50_us']:.0f} / {figures['p99_us']:.0f}" if figures else "-"

    head = ["index", "build CPU-s", "bytes a vector", *(f"QPS at {target}" for target in targets), "p50 / p99 us at 0.95",
            "best recall"]
    rows = [[result["contender"], f"{result['build_cpu_s']:.1f}", f"{result['bytes_per_vector']:,.0f}",
             *(speed(result, target) for target in targets), latency(result),
             f"{max(point['recall'] for point in result['points']):.4f}"] for result in results]
    harness.print_table(head, rows)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=pathlib.Path, required=True, help=".npy of float32, [rows, dim]")
    parser.add_argument("--queries", type=pathlib.Path, required=True, help=".npy of float32")
    parser.add_argument("--truth", type=pathlib.Path, help="exact neighbours, int32; default: kept beside BASE")
    parser.add_argument("--metric", choices=["cosine", "ip", "l2"], default="cosine")
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--targets", type=float, nargs="+", default=[0.9, 0.95, 0.99], help="recalls of the table")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0, help="that one effort is timed for in a round")
    parser.add_argument("--alone", action="store_true",
                        help="one contender is loaded at a time: less memory, but no turns within a round")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="peers whose names contain one of these")
    parser.add_argument("--sememe", default="sememe", help="the program; run.sh builds it")
    parser.add_argument("--layouts", nargs="*", default=[""], help="of sememe's index, each a contender")
    parser.add_argument("--programs", type=pathlib.Path, default=pathlib.Path(), help="where the C++ peers are")
    parser.add_argument("--json", type=pathlib.Path, nargs="?", const="", help="default: bench/runs/DATE/index-BASE.json")
    parser.add_argument("--svg", type=pathlib.Path, help="a plot of the curves")
    return parser.parse_args()


def main():
    options = parse()
    with tempfile.TemporaryDirectory(prefix="index-race-") as name:
        directory = pathlib.Path(name)
        data = Data(options, directory)
        note(f"{data.rows:,} x {data.dim}, {data.query_count:,} queries, {options.metric}, k {options.k}")
        before = {layout: race_sememe(options, data, layout) for layout in options.layouts}
        peers = race_peers(options, data, directory)
        own = [best_of(result, race_sememe(options, data, layout)) for layout, result in before.items() if result]
    results = own + peers
    for result in results:
        result["at"] = {str(target): curve.at(result["points"], target) for target in options.targets}
    print_results(results, options.targets)
    whole = {"data": options.base.stem, "rows": data.rows, "dim": data.dim, "queries": data.query_count,
             "metric": options.metric, "k": options.k, "rounds": options.rounds, "alone": options.alone,
             "results": results}
    if options.json is not None:
        path = options.json if options.json.name else harness.default_result(f"index-{options.base.stem}")
        harness.write_result(path, whole)
    if options.svg:
        options.svg.write_text(plot.draw(whole))


if __name__ == "__main__":
    main()
