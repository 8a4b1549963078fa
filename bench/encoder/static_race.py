"""Races static models, text to vectors: sememe against model2vec, one thread, the same directory.

model2vec distils the teacher once. Both read that directory; their vectors are compared before anything is timed. Then
rounds in which the contenders take turns; a figure is the best of all, the ratio is the median over rounds to the
peer's best type of numbers in the same round. --static names a directory that sememe distilled: a further line.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import harness  # noqa: E402
import numpy  # noqa: E402
import workloads  # noqa: E402

TYPES = ("float16", "float32")  # as distilled, and what numpy adds up faster
MAX_DIFFERENCE = 1e-4
DEFAULT_BYTES = 4_000_000


def texts_of(arguments):
    """A text a line of the file, or the project's own documents, over and over."""
    if arguments.text:
        lines = arguments.text.read_text(errors="replace").splitlines()
        return [line.strip() for line in lines if line.strip()]
    blocks = [block for block in workloads.prose(workloads.project_files(harness.ROOT)) if block]
    return blocks * (1 + DEFAULT_BYTES // sum(len(block) for block in blocks))


def save(path, texts):
    raw = [text.encode() for text in texts]
    head = numpy.array([len(raw)] + [len(text) for text in raw], dtype="<u4").tobytes()
    path.write_bytes(head + b"".join(raw))


def distil(teacher, work):
    """-> (directory, seconds it took): made once for a teacher."""
    out = work / f"model2vec-{teacher.name}"
    report = work / f"model2vec-{teacher.name}.json"
    if not report.exists():
        print(f"model2vec distils {teacher.name}", file=sys.stderr)
        command = [sys.executable, HERE / "static_peer.py", "distill", teacher, out]
        offline = os.environ | {"HF_HUB_OFFLINE": "1"}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=offline)
        report.write_text(done.stdout.splitlines()[-1])
    return out, json.loads(report.read_text())


def check(running, work):
    """-> (tokens, largest difference) of those that read the same directory."""
    found, tokens = {}, 0
    for name in ("sememe", "model2vec float32"):
        answer = running[name].ask("vectors", work / "vectors.f32")
        tokens = answer.get("tokens", tokens)
        found[name] = numpy.fromfile(work / "vectors.f32", dtype="<f4").reshape(answer["rows"], -1)
    difference = float(numpy.abs(found["sememe"] - found["model2vec float32"]).max())
    if not difference <= MAX_DIFFERENCE:
        raise SystemExit(f"expected vectors within {MAX_DIFFERENCE} of model2vec's, found a difference of {difference}")
    return tokens, difference


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, default=harness.default_model(), help="the teacher")
    parser.add_argument("--static", type=pathlib.Path, help="a static model of sememe's own")
    parser.add_argument("--program", type=pathlib.Path, help="the built static_race")
    parser.add_argument("--text", type=pathlib.Path, help="a text a line, instead of this project's documents")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path, default=harness.default_result("static"))
    arguments = parser.parse_args()

    work = harness.ROOT / "build" / "bench" / "static"
    work.mkdir(parents=True, exist_ok=True)
    texts = texts_of(arguments)
    save(work / "texts.bin", texts)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    directory, distilled = distil(arguments.model, work)
    ours = {"sememe": directory} | ({"sememe, its own": arguments.static} if arguments.static else {})
    running = {
        name: harness.Contender(name, [arguments.program, model, work / "texts.bin"]) for name, model in ours.items()
    }
    for kind in TYPES:
        command = [sys.executable, HERE / "static_peer.py", "race", directory, work / "texts.bin", kind]
        running[f"model2vec {kind}"] = harness.Contender(f"model2vec {kind}", command)
    tokens, difference = check(running, work)
    print(f"vectors agree within {difference:.1e}: {len(texts):,} texts, {tokens:,} tokens", file=sys.stderr)

    turns = [
        {name: min(contender.ask("time", 1)["cpu_s"]) for name, contender in running.items()}
        for _ in range(arguments.rounds)
    ]
    memory = {name: contender.ask("stats")["peak_rss_mib"] for name, contender in running.items()}
    starts = {name: contender.start_seconds for name, contender in running.items()}
    for contender in running.values():
        contender.close()

    best = {name: min(turn[name] for turn in turns) for name in running}
    peers = [name for name in running if name.startswith("model2vec")]
    ratio = statistics.median(min(turn[name] for name in peers) / turn["sememe"] for turn in turns)
    rows = [
        [
            name,
            f"{len(texts) / seconds:,.0f}",
            f"{tokens / seconds:,.0f}",
            f"{megabytes / seconds:.1f}",
            f"{starts[name] * 1000:,.0f}",
            f"{memory[name]:.0f}",
        ]
        for name, seconds in best.items()
    ]
    print("\nText to vectors, a CPU-second of one thread\n")
    harness.print_table(["", "texts", "tokens", "MB", "start to first vector, ms", "peak memory, MiB"], rows)
    print(f"\nratio to the peer's best, median of {arguments.rounds} rounds: {ratio:.1f}")
    print(f"model2vec distilled in {distilled['cpu_s']:.0f} CPU-seconds, {distilled['wall_s']:.0f} s of wall time")
    harness.write_result(
        arguments.json,
        {
            "versions": {name: importlib.metadata.version(name) for name in ("model2vec", "tokenizers", "numpy")},
            "teacher": arguments.model.name,
            "text": arguments.text.name if arguments.text else "documentation",
            "texts": len(texts),
            "tokens": tokens,
            "megabytes": megabytes,
            "max_difference": difference,
            "cpu_seconds": best,
            "ratio": ratio,
            "start_s": starts,
            "peak_rss_mib": memory,
            "model2vec_distilled": distilled,
            "turns": turns,
        },
    )


if __name__ == "__main__":
    main()
