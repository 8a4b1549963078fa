"""First search in a fresh process: what a person at a prompt waits for.

Indexes a directory (its own, or generated documents that make at least 10,000 passages), checks that a passage is
found by its own words, then runs `sememe search QUERY --json` in fresh processes and reports the wall time of each,
from before the process starts until it has ended. The files are in the page cache after the first run.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import harness  # noqa: E402

SEED = 20261124
BAR_MS = 100
SUBJECTS = (
    "river harbour forest museum library railway bridge castle market garden glacier volcano orchestra theatre "
    "hospital university factory observatory lighthouse cathedral island valley desert canal airport stadium"
).split()
VERBS = "crosses feeds borders replaced inspired flooded financed surrounds supplies protects attracts divides".split()
QUALITIES = (
    "ancient narrow royal frozen public hidden coastal industrial medieval wooden northern fertile abandoned busy "
    "silent crowded remote famous private restored"
).split()
NAMES = "Alder Brena Corvo Dunmar Elster Farrow Galen Hollin Istria Jorvik Kestrel Lindow Merrow Norden Orrin".split()


def sentence(generator):
    noun = lambda: f"{generator.choice(QUALITIES)} {generator.choice(SUBJECTS)} of {generator.choice(NAMES)}"
    return f"The {noun()} {generator.choice(VERBS)} the {noun()} since {generator.randint(1200, 1999)}."


def write_documents(directory, passages):
    """One passage a file, four sentences (some 70 tokens) each. Returns the text of the one that must be found."""
    generator = random.Random(SEED)
    for number in range(passages):
        text = " ".join(sentence(generator) for _ in range(4))
        place = directory / f"{number // 100:03}"
        place.mkdir(exist_ok=True)
        (place / f"{number % 100:02}.txt").write_text(text + "\n")
    return text


def run_json(command):
    """-> the answer, wall ms, CPU ms and peak MiB of the process."""
    began = time.perf_counter()
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[1]}: expected exit code 0, found {process.returncode}")
    return json.loads(output), wall * 1000, (usage.ru_utime + usage.ru_stime) * 1000, usage.ru_maxrss / 1024


def measure(command, repeats):
    figures = {"wall_ms": [], "cpu_ms": [], "took_ms": [], "peak_rss_mib": []}
    for _ in range(repeats):
        answer, wall, cpu, memory = run_json(command)
        for name, value in zip(figures, (wall, cpu, answer["took_ms"], memory)):
            figures[name].append(value)
    return figures


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", nargs="?", type=pathlib.Path, help="documents to index; generated if left out")
    parser.add_argument("--program", type=pathlib.Path, required=True, help="the built sememe")
    parser.add_argument("--model", default="all-minilm-l6-v2")
    parser.add_argument("--passages", type=int, default=10_000, help="how many to generate")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--json", type=pathlib.Path, default=harness.default_result("search"))
    arguments = parser.parse_args()
    program = arguments.program.resolve()

    with tempfile.TemporaryDirectory(prefix="sememe-search-") as temporary:
        documents = arguments.directory or pathlib.Path(temporary) / "documents"
        query = "how was the old bridge restored"
        wanted = None
        if not arguments.directory:
            documents.mkdir()
            wanted = write_documents(documents, arguments.passages)
        place = ["--store", pathlib.Path(temporary) / "store", "--model", arguments.model, "--json"]
        print(f"indexing {documents}", file=sys.stderr)
        indexed = run_json([program, "index", documents, *place])[0]
        search = lambda text: [program, "search", text, *place]
        if wanted:
            first = run_json(search(wanted))[0]["results"][0]["text"].strip()
            if first != wanted:
                raise SystemExit(f"expected {wanted!r} first, found {first!r}")
        figures = measure(search(query), arguments.repeats)

    peak = max(figures.pop("peak_rss_mib"))
    print(f"\n{indexed['passages']:,} passages, {indexed['tokens']:,} tokens indexed in {indexed['seconds']:.1f} s\n")
    harness.print_table(
        ["first search in a fresh process", "min ms", "median ms"],
        [
            [name, f"{min(figures[key]):.1f}", f"{statistics.median(figures[key]):.1f}"]
            for name, key in (("wall", "wall_ms"), ("CPU", "cpu_ms"), ("inside the process (took_ms)", "took_ms"))
        ],
    )
    print(f"\nbar: {BAR_MS} ms; peak memory of a search: {peak:.0f} MiB")
    report = {name: indexed[name] for name in ("passages", "tokens", "seconds", "truncated")}
    harness.write_result(
        arguments.json,
        {"documents": "own" if arguments.directory else "generated", "index": report}
        | {"threads": len(os.sched_getaffinity(0)), "peak_rss_mib": peak, "bar_ms": BAR_MS, "query": query}
        | figures,
    )


if __name__ == "__main__":
    main()
