"""The tables of the encoder race."""

import json
import statistics

import engines
import harness

HEADLINE = ("32x128", "8x512", "mix")


def gflop_of_text(tokens, config):
    """Matrix products of one text, a multiply-add counted as two; attention takes 4 T H a token and layer."""
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    per_token = 2 * (4 * hidden * hidden + 2 * hidden * inner) + 4 * tokens * hidden
    return tokens * config["num_hidden_layers"] * per_token / 1e9


def column(turns, name, workload, place):
    return [row[place] for row in turns if row[1] == name and row[2] == workload]


def summarize(race, turns, peak):
    """-> workload -> entry name -> figures."""
    config = json.loads((race.model / "config.json").read_text())
    table = {}
    for workload, tokens in race.tokens.items():
        gflop = sum(gflop_of_text(length, config) for length in race.lengths[workload])
        table[workload] = {}
        for entry in race.entries:
            cpu, wall = column(turns, entry.name, workload, 3), column(turns, entry.name, workload, 4)
            table[workload][entry.name] = {
                "tokens_per_cpu_s": tokens / min(cpu),
                "tokens_per_cpu_s_median": tokens / statistics.median(cpu),
                "tokens_per_wall_s": tokens / min(wall),
                "gflop_per_cpu_s": gflop / min(cpu),
                "share_of_f32_peak": gflop / min(cpu) / peak if peak else None,
                "wall_ms": min(wall) * 1000,
            }
    return table


def contests(race):
    """-> [(label, our precision, rivals)]: what the ratios compare."""
    peers = [entry for entry in race.entries if entry.engine != "sememe"]
    f32 = [entry.name for entry in peers if entry.kind == "f32"]
    of = lambda engine, *precisions: [
        entry.name for entry in peers if entry.engine == engine and entry.precision in precisions
    ]
    wanted = [
        ("fast : best peer at any precision", "fast", [entry.name for entry in peers]),
        ("fast : best 8-bit peer", "fast", [entry.name for entry in peers if entry.kind == "8 bits"]),
        ("fast : OpenVINO int8", "fast", of("openvino", "int8", "int8 + bf16")),
        ("fast : ONNX Runtime int8", "fast", of("ort", "int8")),
        ("near : best f32 peer", "near", f32),
        ("near : best 16-bit peer", "near", [entry.name for entry in peers if entry.kind == "16 bits"]),
        ("exact : best f32 peer", "exact", f32),
    ]
    ours = {entry.precision for entry in race.entries if entry.engine == "sememe"}
    return [contest for contest in wanted if contest[1] in ours and contest[2]]


def ratios(race, turns):
    """-> label -> workload -> {"ratio", "each_round", "rival"}: the rival's time to ours, round by round; CPU time with
    one thread, wall time with more."""
    place = 3 if race.threads == 1 else 4
    table = {}
    for label, precision, rivals in contests(race):
        table[label] = {}
        for workload in race.tokens:
            ours = column(turns, f"sememe {precision}", workload, place)
            theirs = {name: column(turns, name, workload, place) for name in rivals}
            each = [min(times[turn] for times in theirs.values()) / mine for turn, mine in enumerate(ours)]
            table[label][workload] = {
                "ratio": statistics.median(each),
                "each_round": each,
                "rival": min(theirs, key=lambda name: statistics.median(theirs[name])),
            }
    return table


def latency(race, turns):
    """-> entry name -> ms of wall time of the query."""
    return {entry.name: min(column(turns, entry.name, "1x16", 4)) * 1000 for entry in race.entries}


def print_rates(race, results, figure):
    for kind in engines.CLASSES:
        found = [entry for entry in race.entries if entry.kind == kind]
        if found:
            rows = [
                [workload] + [f"{entries[entry.name][figure]:,.0f}" for entry in found]
                for workload, entries in results.items()
            ]
            print(f"\n{kind}\n")
            harness.print_table(["workload"] + [entry.title for entry in found], rows)


def print_contenders(race, result):
    rows = []
    for entry in race.entries:
        variant, way = race.chosen[entry.name, "mix"]
        accuracy = race.accuracy[entry.name, variant].get("mix", {})
        fresh = result["fresh_process"][entry.name]
        rows.append(
            [
                entry.title,
                f"{accuracy['cosine_mean']:.6f}" if accuracy else "-",
                f"{accuracy['cosine_min']:.6f}" if accuracy else "-",
                f"{accuracy['max_difference']:.1e}" if accuracy else "-",
                f"{result['results']['1x16'][entry.name]['wall_ms']:.2f}",
                f"{fresh['first_vector_s'] * 1000:,.0f}",
                f"{fresh['peak_rss_mib_32x128']:,.0f}",
                " / ".join(race.chosen[entry.name, "32x128"]),
                f"{variant} / {way}",
            ]
        )
    head = ["contender", "cosine to torch f32, mean", "min", "max difference", "1x16, ms", "start to first vector, ms"]
    harness.print_table(head + ["peak memory of 32x128, MiB", "setting at 32x128", "on the mix"], rows)


def print_ratios(table):
    for label, workloads in table.items():
        low = min(workloads[name]["ratio"] for name in HEADLINE)
        print(f"{label}: {low:.2f} at least on {', '.join(HEADLINE)}")
    names = list(next(iter(table.values())))
    rows = [
        [label] + [f"{workloads[name]['ratio']:.2f} ({workloads[name]['rival']})" for name in names]
        for label, workloads in table.items()
    ]
    print()
    harness.print_table(["ratio (rival)"] + names, rows)


def print_summary(race, result):
    how = f"{race.threads} thread{'s' * (race.threads > 1)}" + (f", capped to {race.cap}" if race.cap else "")
    print(f"\n{race.model.name}, {how}" + (", QUICK: not a fair race" if race.arguments.quick else ""))
    print("\nReal tokens a CPU-second")
    print_rates(race, result["results"], "tokens_per_cpu_s")
    if race.threads > 1:
        print("\nReal tokens a second of wall time (1x16 has one text, so there is nothing for sememe to share out)")
        print_rates(race, result["results"], "tokens_per_wall_s")
    if result["ratios"]:
        print("\nHow many times as fast sememe is, median of the rounds\n")
        print_ratios(result["ratios"])
    print("\nContenders; accuracy on the mix\n")
    print_contenders(race, result)
    if result["peak_gflop_per_s"]:
        print(f"\nf32 multiply-add peak of one core: {result['peak_gflop_per_s']:.0f} GFLOP/s")
    for name, why in race.left_out.items():
        print(f"left out: {name}: {why}")
