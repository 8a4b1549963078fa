"""Races sememe's encoder against ONNX Runtime, OpenVINO and torch: f32, one thread, the same weights and token ids.

1. Every contender's vectors are compared on every workload; a difference above 1e-4 stops the race.
2. Qualifying: each engine tries its settings on each workload (graph, performance hint, batch size or token budget)
   and goes on with its own best.
3. The race: rounds in which the engines take turns on each workload. A figure is the best of all repeats; a ratio is
   the median over rounds of sememe's figure to the better of ONNX Runtime and OpenVINO in that same round.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import harness  # noqa: E402
import numpy  # noqa: E402
import workloads  # noqa: E402

MAX_DIFFERENCE = 1e-4
FIRST_VECTOR = "1x16"
TITLES = {"sememe": "sememe", "ort": "ONNX Runtime", "openvino": "OpenVINO", "torch": "torch"}
RIVALS = ("ort", "openvino")
QUICK = ("whole", "8 texts")


def variants():
    return {
        "sememe": ["exact"],
        "ort": ["fused", "fused+binding", "plain"],
        "openvino": [f"{source}+{hint}" for source in ("torch", "onnx") for hint in ("latency", "throughput")],
        "torch": ["sdpa"],
    }


def gflop_of_text(tokens, config):
    """Matrix products of one text, a multiply-add counted as two; attention takes 4 T H a token and layer."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    per_token = 2 * (4 * hidden * hidden + 2 * hidden * inner) + 4 * tokens * hidden
    return tokens * config["num_hidden_layers"] * per_token / 1e9


class Race:
    def __init__(self, arguments, work):
        self.arguments = arguments
        self.work = work
        texts = (
            workloads.texts_of_file(arguments.text, arguments.model)
            if arguments.text
            else workloads.random_texts(workloads.passage_lengths())
        )
        self.files = workloads.fixed_batches(work) | workloads.mix_batches(work, texts)
        config = json.loads((arguments.model / "config.json").read_text())
        self.tokens, self.gflop = {}, {}
        for name, ways in self.files.items():
            lengths = [len(text) for text in workloads.load(next(iter(ways.values())))[0]]
            self.tokens[name] = sum(lengths)
            self.gflop[name] = sum(gflop_of_text(length, config) for length in lengths)
        self.qualifying = {}  # "engine workload" -> "variant / way" -> tokens a CPU-second
        self.variants = {name: found for name, found in variants().items() if name in arguments.engines}
        if arguments.quick:
            self.variants = {name: found[:1] for name, found in self.variants.items()}
            self.files = {name: {way: ways[way]} for name, ways in self.files.items() for way in ways if way in QUICK}

    def start(self, engine, variant):
        first = self.files[FIRST_VECTOR]["whole"]
        if engine == "sememe":
            command = [self.arguments.program, self.arguments.model, first]
        else:
            source = self.arguments.model if engine == "torch" else self.work / "peers"
            command = [sys.executable, HERE / "peer.py", engine, source, variant, first]
        return harness.Contender(f"{engine} {variant}", command)

    def check(self, running):
        """-> "engine variant" -> the largest difference from torch (or the first there is), over all workloads."""
        reference, worst = {}, {}
        names = sorted(running, key=lambda key: key[0] != "torch")
        for key in names:
            for workload, ways in self.files.items():
                out = self.work / "vectors.f32"
                running[key].ask("vectors", ways.get("8 texts") or ways["whole"], out)
                vectors = numpy.fromfile(out, dtype="<f4")
                difference = float(numpy.abs(vectors - reference.setdefault(workload, vectors)).max())
                if not difference <= MAX_DIFFERENCE:  # a NaN stops here too
                    raise SystemExit(
                        f"{key} on {workload}: expected vectors within {MAX_DIFFERENCE} of "
                        f"{names[0]}, found a difference of {difference}"
                    )
                worst[" ".join(key)] = max(worst.get(" ".join(key), 0.0), difference)
        return worst

    def qualify(self, running):
        """-> (engine, workload) -> (variant, way) with the least CPU time.

        Every variant tries every fixed shape; the mixes, which have many ways to batch, are tried by the variant that
        is best at 32x32.
        """
        chosen = {}
        for engine, found in self.variants.items():
            print(f"qualifying: {TITLES[engine]}", file=sys.stderr)
            for workload in sorted(self.files, key=lambda name: name not in workloads.FIXED):
                tried = found if workload in workloads.FIXED else [chosen[engine, "32x32"][0]]
                seconds = {
                    (variant, way): min(running[engine, variant].ask("time", file, self.repeats(workload))["cpu_s"])
                    for variant in tried
                    for way, file in self.files[workload].items()
                }
                chosen[engine, workload] = min(seconds, key=seconds.get)
                self.qualifying[f"{engine} {workload}"] = {
                    " / ".join(how): self.tokens[workload] / spent for how, spent in seconds.items()
                }
        return chosen

    def repeats(self, workload):
        """About half a second of work, at least one run."""
        return max(1, 3000 // self.tokens[workload])

    def run(self, running, chosen):
        """-> [(round, engine, workload, cpu seconds, wall seconds)], the best of each turn."""
        turns = []
        for turn in range(self.arguments.rounds):
            for workload, ways in self.files.items():
                for engine in self.variants:
                    variant, way = chosen[engine, workload]
                    answer = running[engine, variant].ask("time", ways[way], self.repeats(workload))
                    turns.append((turn, engine, workload, min(answer["cpu_s"]), min(answer["wall_s"])))
            if "sememe" in self.variants:
                peak = running["sememe", "exact"].ask("peak")["gflop_per_s"]
                turns.append((turn, "peak", "", peak, peak))
            print(f"round {turn + 1} of {self.arguments.rounds}", file=sys.stderr)
        return turns

    def alone(self, chosen):
        """A fresh process of each engine's choice for 32x128: start to first vector, and the peak memory of 32x128."""
        figures = {}
        for engine in self.variants:
            variant, way = chosen[engine, "32x128"]
            starts = []
            for _ in range(3):
                contender = self.start(engine, variant)
                starts.append(contender.start_seconds)
                contender.ask("time", self.files["32x128"][way], 2)
                memory = contender.ask("stats")["peak_rss_mib"]
                contender.close()
            figures[engine] = {"first_vector_s": min(starts), "peak_rss_mib_32x128": memory}
        return figures


def peak_of(turns):
    return max((row[3] for row in turns if row[1] == "peak"), default=0)


def summarize(race, turns):
    """-> workload -> engine -> figures, and the ratio to the better rival."""
    table = {}
    peak = peak_of(turns)
    for workload, tokens in race.tokens.items():
        of = lambda engine, column: [row[column] for row in turns if row[1] == engine and row[2] == workload]
        entry = {
            engine: {
                "tokens_per_cpu_s": tokens / min(of(engine, 3)),
                "tokens_per_cpu_s_median": tokens / statistics.median(of(engine, 3)),
                "share_of_fma_peak": race.gflop[workload] / min(of(engine, 3)) / peak if peak else None,
                "wall_ms": min(of(engine, 4)) * 1000,
            }
            for engine in race.variants
        }
        rivals = [of(engine, 3) for engine in RIVALS if engine in race.variants]
        if "sememe" in race.variants and rivals:
            ratios = [min(cpu) / ours for ours, *cpu in zip(of("sememe", 3), *rivals)]
            entry["ratio_to_best_rival"] = statistics.median(ratios)
            entry["ratio_each_round"] = ratios
        table[workload] = entry
    return table


def print_summary(race, table, peak, alone):
    engines = list(race.variants)
    rows, walls = [], []
    for workload, entry in table.items():
        rates = [f"{entry[engine]['tokens_per_cpu_s']:,.0f}" for engine in engines]
        ratio = f"{entry['ratio_to_best_rival']:.2f}" if "ratio_to_best_rival" in entry else "-"
        share = f"{entry[engines[0]]['share_of_fma_peak']:.0%}" if peak else "-"
        rows.append([workload] + rates + [ratio, share])
        walls.append([workload] + [f"{entry[engine]['wall_ms']:,.2f}" for engine in engines])
    titles = [TITLES[engine] for engine in engines]
    print("\nReal tokens a CPU-second, one thread; ratio: sememe to the better of ONNX Runtime and OpenVINO\n")
    harness.print_table(["workload"] + titles + ["ratio", f"{titles[0]}, share of FMA peak"], rows)
    print("\nWall time of the workload, ms, best\n")
    harness.print_table(["workload"] + titles, walls)
    print("\nA fresh process\n")
    starts = [f"{alone[engine]['first_vector_s']:.2f}" for engine in engines]
    memory = [f"{alone[engine]['peak_rss_mib_32x128']:.0f}" for engine in engines]
    harness.print_table(
        [""] + titles, [["start to first vector, s"] + starts, ["peak memory of 32x128, MiB"] + memory]
    )
    if peak:
        print(f"\nf32 FMA peak of one core: {peak:.0f} GFLOP/s")


def versions():
    import onnxruntime
    import openvino
    import torch
    import transformers

    return {module.__name__: module.__version__ for module in (onnxruntime, openvino, torch, transformers)}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, default=harness.default_model())
    parser.add_argument("--program", type=pathlib.Path, help="the built encoder_race")
    parser.add_argument("--text", type=pathlib.Path, help="a text a line for the mix, instead of passage_lengths.txt")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true", help="one setting an engine: a trial, not a fair race")
    parser.add_argument("--engines", nargs="+", default=list(TITLES), choices=list(TITLES))
    parser.add_argument("--json", type=pathlib.Path, default=harness.default_result("encoder"))
    return parser.parse_args()


def main():
    arguments = parse()
    if not (arguments.model / "config.json").exists():
        raise SystemExit(f"expected a model directory at {arguments.model}, found none; name one with --model")
    work = harness.ROOT / "build" / "bench"
    if not (work / "peers" / "exported.json").exists():
        subprocess.run([sys.executable, HERE / "export_model.py", arguments.model, work / "peers"], check=True)
    race = Race(arguments, work)
    running = {
        (engine, variant): race.start(engine, variant) for engine, found in race.variants.items() for variant in found
    }
    differences = race.check(running)
    print(f"vectors agree: {max(differences.values()):.1e} at most", file=sys.stderr)
    chosen = race.qualify(running)
    turns = race.run(running, chosen)
    for contender in running.values():
        contender.close()
    alone = race.alone(chosen)
    table = summarize(race, turns)
    peak = peak_of(turns)
    print_summary(race, table, peak, alone)
    harness.write_result(
        arguments.json,
        {
            "versions": versions(),
            "exported": json.loads((work / "peers" / "exported.json").read_text()),
            "max_difference": differences,
            "chosen": {f"{engine} {workload}": " / ".join(how) for (engine, workload), how in chosen.items()},
            "qualifying": race.qualifying,
            "tokens": race.tokens,
            "peak_gflop_per_s": peak,
            "results": table,
            "fresh_process": alone,
            "turns": turns,
        },
    )


if __name__ == "__main__":
    main()
