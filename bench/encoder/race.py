"""Races sememe's encoder, at each precision, against the CPU engines people use: the same weights and token ids.

1. The vectors of every contender are compared with torch's f32 ones. sememe and f32 peers must agree; how far peers of
   lower precision are off is reported.
2. Qualifying: each contender tries its settings on each workload (engines.py) and goes on with its own best.
3. The race: rounds in which the contenders take turns on each workload. A figure is the best of all repeats; a ratio is
   the median over rounds of sememe's figure to the best rival of that same round.
4. Each contender alone, in a fresh process: start to first vector, peak memory.
"""

import argparse
import hashlib
import importlib.metadata
import json
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import engines  # noqa: E402
import harness  # noqa: E402
import numpy  # noqa: E402
import report  # noqa: E402
import workloads  # noqa: E402

MAX_DIFFERENCE = {"exact": 1e-5, "f32": 1e-4}  # on every workload that is compared
MIN_COSINE = {"near": 0.99999, "fast": 0.999}  # mean over the mix
FIRST_VECTOR = "1x16"
PROBES = {"1x16": "whole", "32x32": "4 texts"}  # a variant that is slow on both tries nothing else
SLOW = 1.1
TURN_SECONDS = 0.3
QUICK_MIX = 48


def compare(vectors, reference):
    """Rows need not have length one: bf16 ones have not quite."""
    lengths = numpy.linalg.norm(vectors, axis=1) * numpy.linalg.norm(reference, axis=1)
    cosines = (vectors * reference).sum(1) / lengths
    return {
        "max_difference": float(numpy.abs(vectors - reference).max()),
        "cosine_mean": float(cosines.mean()),
        "cosine_min": float(cosines.min()),
    }


def least_cpu(answer):
    """The least CPU time of the repeats. The system books the time of another thread (CTranslate2 works on one) late, so
    that a repeat can seem to take next to none and a later one more: repeats with less than half of their wall time do
    not count."""
    pairs = list(zip(answer["cpu_s"], answer["wall_s"]))
    return min([cpu for cpu, wall in pairs if cpu >= wall / 2] or [max(answer["cpu_s"])])


class Race:
    def __init__(self, arguments):
        self.arguments = arguments
        self.model, self.threads, self.cap = arguments.model, arguments.threads, arguments.cap
        self.llama_cpp = arguments.llama_cpp
        self.work = harness.ROOT / "build" / "bench" / "encoder"
        self.work.mkdir(parents=True, exist_ok=True)
        self.files = workloads.fixed_batches(self.work) | workloads.mix_batches(self.work, self.mix_texts())
        if arguments.quick:
            quick = lambda ways: "4 texts" if "4 texts" in ways else "whole"
            self.files = {name: {quick(ways): ways[quick(ways)]} for name, ways in self.files.items()}
        loaded = {name: workloads.load(next(iter(ways.values())))[0] for name, ways in self.files.items()}
        self.lengths = {name: [len(text) for text in texts] for name, texts in loaded.items()}
        self.tokens = {name: sum(lengths) for name, lengths in self.lengths.items()}
        self.shapes = {(name, way): self.count_shapes(way_file) for name, way, way_file in self.all_ways()}
        self.peers = self.export()
        self.entries = engines.entries(arguments.engines, self.threads, arguments.quick)
        self.left_out = {entry.name: why for entry in self.entries if (why := engines.why_not(entry, self))}
        self.entries = [entry for entry in self.entries if entry.name not in self.left_out]
        self.running = {}  # (entry name, variant) -> Contender
        self.starts = {}  # (entry name, variant) -> seconds
        self.accuracy = {}  # (entry name, variant) -> workload -> compare()
        self.qualifying = {}  # (entry name, workload) -> (variant, way) -> seconds
        self.chosen = {}  # (entry name, workload) -> (variant, way)

    def all_ways(self):
        return [(name, way, file) for name, ways in self.files.items() for way, file in ways.items()]

    def mix_texts(self):
        if self.arguments.text:
            return workloads.texts_of_file(self.arguments.text, self.model)[: self.arguments.mix_texts]
        lengths = workloads.passage_lengths()[: self.arguments.mix_texts]
        return workloads.project_texts(harness.ROOT, self.model, lengths)

    @staticmethod
    def count_shapes(file):
        texts, batches = workloads.load(file)
        return len({(len(batch), max(len(texts[text]) for text in batch)) for batch in batches})

    def program(self, name):
        return self.arguments.programs / name

    def export(self):
        """The formats of the peers, made once for each model, calibration text and exporter."""
        texts = workloads.calibration_texts(harness.ROOT, self.model, self.arguments.calibration)
        calibration = self.work / "calibration.batches"
        workloads.save(calibration, texts, [[text] for text in range(len(texts))])
        weights = (self.model / "model.safetensors").stat()
        digest = hashlib.sha256(calibration.read_bytes() + (HERE / "export_model.py").read_bytes())
        digest.update(f"{self.model.resolve()} {weights.st_size} {weights.st_mtime_ns} {self.llama_cpp}".encode())
        out = self.work / f"peers-{self.model.name}-{digest.hexdigest()[:12]}"
        log = self.work / "export.log"
        if not (out / "exported.json").exists():
            for old in self.work.glob(f"peers-{self.model.name}-*"):  # half a gigabyte each
                shutil.rmtree(old)
            command = [sys.executable, HERE / "export_model.py", self.model, out, calibration]
            command += ["--llama-cpp", self.llama_cpp] if self.llama_cpp else []
            print(f"converting the model for the peers: {log}", file=sys.stderr)
            with log.open("w") as written:
                subprocess.run(command, check=True, stdout=written, stderr=written)
        for name, made in json.loads((out / "exported.json").read_text()).items():
            if "failed" in made:
                print(f"conversion {name} failed: {made['failed']}", file=sys.stderr)
        return out

    # Starting and stopping

    def start(self, entry, variant):
        return harness.Contender(
            f"{entry.name} {variant}",
            engines.command(entry, variant, self, self.files[FIRST_VECTOR]["whole"]),
            engines.environment(entry, variant, self.threads, self.cap),
            engines.forbid_tiles if self.cap else None,
        )

    def try_start(self, entry, variant):
        """-> whether it runs. What sememe cannot do ends the race; a peer is left out."""
        try:
            contender = self.start(entry, variant)
        except RuntimeError as error:
            if entry.engine == "sememe":
                raise
            self.left_out[f"{entry.name} {variant}"] = str(error)
            return False
        if "unable" in contender.about:
            self.left_out[f"{entry.name} {variant}"] = contender.about["unable"]
            contender.close()
            return False
        self.running[entry.name, variant] = contender
        self.starts[entry.name, variant] = contender.start_seconds
        return True

    def close(self, name, variant):
        self.running.pop((name, variant)).close()

    # Vectors

    def make_reference(self):
        """torch, f32, in the same process of Python that its contender has."""
        entry = engines.Entry("torch", "f32", ("eager",))
        contender = self.start(entry, "eager")
        self.reference = {name: self.vectors(contender, name, entry, "eager") for name in self.files}
        contender.close()

    def way_to_compare(self, entry, variant, workload):
        """A padded batch where there is one: padding must not change a vector."""
        for way in ("4 texts", "whole", "1 text"):
            file = self.files[workload].get(way)
            if file and engines.takes(entry, variant, workload, way, self.shapes[workload, way]):
                return file
        return None

    def vectors(self, contender, workload, entry, variant):
        out = self.work / "vectors.f32"
        contender.ask("vectors", self.way_to_compare(entry, variant, workload), out)
        return numpy.fromfile(out, dtype="<f4").reshape(len(self.lengths[workload]), -1)

    def check(self, entry, variant):
        contender = self.running[entry.name, variant]
        names = self.files if entry.engine == "sememe" else ("32x32", "mix")
        found = {
            name: compare(self.vectors(contender, name, entry, variant), self.reference[name])
            for name in names
            if self.way_to_compare(entry, variant, name)
        }
        self.accuracy[entry.name, variant] = found
        for workload, differences in found.items():
            allowed = MAX_DIFFERENCE.get(entry.precision)
            if allowed and not differences["max_difference"] <= allowed:  # a NaN stops here too
                raise SystemExit(
                    f"{entry.name} {variant} on {workload}: expected vectors within {allowed} of torch, "
                    f"found a difference of {differences['max_difference']}"
                )
        wanted = MIN_COSINE.get(entry.precision)
        if wanted and self.arguments.quality and not found["mix"]["cosine_mean"] >= wanted:
            raise SystemExit(
                f"{entry.name} on mix: expected a mean cosine of at least {wanted} to torch, "
                f"found {found['mix']['cosine_mean']}"
            )

    # Qualifying

    def seconds(self, answer):
        """The measure: CPU time of one thread; wall time of more, which is what more are for."""
        return least_cpu(answer) if self.threads == 1 else min(answer["wall_s"])

    def measure(self, name, variant, workload, way):
        tried = self.qualifying.setdefault((name, workload), {})
        if (variant, way) in tried:
            return tried[variant, way]
        contender, file = self.running[name, variant], self.files[workload][way]
        first = self.seconds(contender.ask("time", file, 1))  # may compile, or fill caches
        again = first < 2 * min(tried.values(), default=first) or first < TURN_SECONDS
        if again and not (self.arguments.quick and first > TURN_SECONDS):
            repeats = max(1, min(200, int(TURN_SECONDS / first)))
            first = min(first, self.seconds(contender.ask("time", file, repeats)))
        tried[variant, way] = first
        return first

    def tries(self, entry, variant, workload):
        ways = self.files[workload]
        return [way for way in ways if engines.takes(entry, variant, workload, way, self.shapes[workload, way])]

    def probe(self, entry, variants):
        """The variants that are near the best on a small workload or on a batch, best at batches first; and the best of
        those that take texts of any length."""
        costs = {}
        for workload, wanted in PROBES.items():
            for variant in variants:
                ways = self.tries(entry, variant, workload)
                way = wanted if wanted in ways else ways[0]
                costs[variant, workload] = self.measure(entry.name, variant, workload, way)
        best = {workload: min(costs[variant, workload] for variant in variants) for workload in PROBES}
        near = lambda variant: any(costs[variant, name] <= SLOW * best[name] for name in PROBES)
        by_cost = sorted(variants, key=lambda variant: costs[variant, "32x32"])
        general = next(variant for variant in by_cost if self.tries(entry, variant, "mix"))
        return [variant for variant in by_cost if near(variant) or variant == general]

    def qualify(self, entry):
        """Sets `chosen` for every workload and keeps running what was chosen.

        Variants that survive the probes try every workload in the way that is likely best for it; its best one then
        tries the other ways.
        """
        print(f"qualifying: {entry.title}", file=sys.stderr)
        variants = [variant for variant in entry.variants if self.try_start(entry, variant)]
        for variant in variants:
            self.check(entry, variant)
        if not any(self.tries(entry, variant, "mix") for variant in variants):
            self.left_out.setdefault(entry.name, "no setting for texts of any length runs here")
            return False
        survivors = self.probe(entry, variants)
        for workload in self.files:
            for variant in survivors:
                ways = self.tries(entry, variant, workload)
                for way in ("whole", "4 texts"):
                    if way in ways:
                        self.measure(entry.name, variant, workload, way)
            tried = self.qualifying[entry.name, workload]
            best = min(tried, key=tried.get)[0]
            for way in self.tries(entry, best, workload):
                self.measure(entry.name, best, workload, way)
            self.chosen[entry.name, workload] = min(tried, key=tried.get)
        wanted = {self.chosen[entry.name, workload][0] for workload in self.files}
        for variant in variants:
            if variant not in wanted:
                self.close(entry.name, variant)
        return True

    # The race

    def run(self):
        """-> [(round, entry name, workload, cpu seconds, wall seconds)], the best of each turn."""
        turns = []
        for turn in range(self.arguments.rounds):
            for workload, ways in self.files.items():
                for entry in self.entries:
                    variant, way = self.chosen[entry.name, workload]
                    expected = self.qualifying[entry.name, workload][variant, way]
                    repeats = max(1, min(200, int(TURN_SECONDS / expected)))
                    answer = self.running[entry.name, variant].ask("time", ways[way], repeats)
                    turns.append((turn, entry.name, workload, least_cpu(answer), min(answer["wall_s"])))
            print(f"round {turn + 1} of {self.arguments.rounds}", file=sys.stderr)
        return turns

    def peak(self):
        """f32 multiply-adds of this core in GFLOP/s, the best of a few runs between rounds."""
        ours = [contender for (name, _), contender in self.running.items() if name.startswith("sememe")]
        return max((contender.ask("peak")["gflop_per_s"] for contender in ours), default=0)

    def alone(self):
        """-> entry name -> seconds from process start to the first vector with the setting that starts fastest, and the
        peak memory after 32x128 with that setting or the one chosen for it, whichever is lower."""
        figures = {}
        for entry in self.entries:
            variant, way = self.chosen[entry.name, "32x128"]
            started = {one: seconds for (name, one), seconds in self.starts.items() if name == entry.name}
            quickest = min(started, key=started.get)
            starts, memory = [started[quickest]], {}
            for one in {quickest, variant} if self.arguments.quick else (quickest, variant, quickest):
                contender = self.start(entry, one)
                if one == quickest:
                    starts.append(contender.start_seconds)
                way = way if way in self.tries(entry, one, "32x128") else self.tries(entry, one, "32x128")[0]
                contender.ask("time", self.files["32x128"][way], 2)
                memory[one] = contender.ask("stats")["peak_rss_mib"]
                contender.close()
            figures[entry.name] = {
                "first_vector_s": min(starts),
                "first_vector_variant": quickest,
                "peak_rss_mib_32x128": min(memory.values()),
                "peak_rss_mib_by_variant": memory,
            }
        return figures


def versions():
    return {name: importlib.metadata.version(name) for name in engines.DISTRIBUTIONS}


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, default=harness.default_model())
    parser.add_argument("--shape", choices=["base"], help="BERT-base with random weights, made from --model")
    parser.add_argument("--programs", type=pathlib.Path, help="where the built encoder_race is")
    parser.add_argument("--llama-cpp", type=pathlib.Path, help="what llama.sh made; without it llama.cpp is left out")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cap", choices=list(engines.CAPS), help="nobody uses instructions above these")
    parser.add_argument("--text", type=pathlib.Path, help="the mix, a text a line, instead of this project's documents")
    parser.add_argument("--mix-texts", type=int, default=128, help="texts of the mix, the first ones")
    parser.add_argument("--calibration", type=pathlib.Path, help="what NNCF looks at, a text a line; as for --text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="one setting an engine: a trial, not a fair race")
    parser.add_argument("--engines", nargs="+", default=list(engines.TITLES), choices=list(engines.TITLES))
    parser.add_argument("--json", type=pathlib.Path, help="default: bench/runs/DATE/encoder*.json")
    arguments = parser.parse_args()
    arguments.mix_texts = min(arguments.mix_texts, QUICK_MIX) if arguments.quick else arguments.mix_texts
    return arguments


def default_result(arguments):
    threads = f"{arguments.threads}-threads" if arguments.threads > 1 else None
    words = ["encoder", arguments.shape, arguments.cap, threads]
    return harness.default_result("-".join(word for word in words if word))


def result_of(race, turns, alone, peak):
    by_words = lambda table: {" / ".join(key): value for key, value in table.items()}
    return {
        "model": race.model.name,
        "threads": race.threads,
        "cap": race.cap,
        "cap_environment": engines.CAPS[race.cap]["env"] if race.cap else None,
        "quick": race.arguments.quick,
        "rounds": race.arguments.rounds,
        "versions": versions(),
        "exported": json.loads((race.peers / "exported.json").read_text()),
        "left_out": race.left_out,
        "tokens": race.tokens,
        "accuracy": by_words(race.accuracy),
        "starts_s": by_words(race.starts),
        "chosen": {" / ".join(key): " / ".join(how) for key, how in race.chosen.items()},
        "qualifying_tokens_per_s": {
            " / ".join(key): {" / ".join(how): race.tokens[key[1]] / seconds for how, seconds in tried.items()}
            for key, tried in race.qualifying.items()
        },
        "peak_gflop_per_s": peak,
        "results": report.summarize(race, turns, peak),
        "ratios": report.ratios(race, turns),
        "fresh_process": alone,
        "turns": turns,
    }


def main():
    arguments = parse()
    arguments.quality = arguments.shape is None
    if arguments.shape:
        import make_model

        arguments.model = make_model.base_model(arguments.model, harness.ROOT / "build" / "bench" / "models")
    if not (arguments.model / "config.json").exists():
        raise SystemExit(f"expected a model directory at {arguments.model}, found none; name one with --model")
    race = Race(arguments)
    race.make_reference()
    race.entries = [entry for entry in race.entries if race.qualify(entry)]
    peak = race.peak()
    turns = race.run()
    peak = max(peak, race.peak())
    for name, variant in list(race.running):
        race.close(name, variant)
    alone = race.alone()
    result = result_of(race, turns, alone, peak)
    report.print_summary(race, result)
    harness.write_result(arguments.json or default_result(arguments), result)


if __name__ == "__main__":
    main()
