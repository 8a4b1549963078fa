"""Races sememe's WordPiece against Hugging Face tokenizers: one thread, the same tokenizer.json and passages.

The ids are compared first, text by text; one difference stops the race. Then rounds in which the contenders take turns;
a figure is the best of all, the ratio is the median over rounds to the peer's best way in the same round.
"""

import argparse
import pathlib
import random
import statistics
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import harness  # noqa: E402
import numpy  # noqa: E402
import peer  # noqa: E402

WAYS = ("single", "batch", "batch_fast")
PASSAGE_BYTES = 1000
GENERATED_BYTES = 4_000_000
SEED = 20261124


def generated_text(tokenizer):
    """English-shaped text when none is given: vocabulary words by Zipf's law, one in ten with a rare ending."""
    generator = random.Random(SEED)
    pieces = [piece for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    words = [piece for piece in pieces if piece.isascii() and piece.isalpha()]
    endings = [piece[2:] for piece in pieces if piece.startswith("##") and piece[2:].isalpha() and piece.isascii()]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    lines, size = [], 0
    while size < GENERATED_BYTES:
        sentence = generator.choices(words, weights, k=generator.randint(6, 30))
        sentence = [word + generator.choice(endings) if generator.random() < 0.1 else word for word in sentence]
        lines.append(" ".join(sentence).capitalize().replace(" the ", ", the ", 1) + ".")
        size += len(lines[-1]) + 1
    return "\n".join(lines)


def passages(text):
    """Consecutive lines, joined until they reach about a kilobyte."""
    found, part, size = [], [], 0
    for line in text.split("\n"):
        part.append(line)
        size += len(line.encode()) + 1
        if size >= PASSAGE_BYTES:
            found.append("\n".join(part))
            part, size = [], 0
    return found + (["\n".join(part)] if part else [])


def save(path, texts):
    raw = [text.encode() for text in texts]
    head = numpy.array([len(raw)] + [len(text) for text in raw], dtype="<u4").tobytes()
    path.write_bytes(head + b"".join(raw))


def check(running, work, texts):
    """-> tokens in all. Stops at the first text whose ids differ."""
    found = {}
    for name, contender in running.items():
        contender.ask("ids", work / "ids.u32")
        found[name] = numpy.fromfile(work / "ids.u32", dtype="<u4")
    expected = found["batch"]
    for name, words in found.items():
        if not numpy.array_equal(words, expected):
            texts_ids = [split_ids(side) for side in (expected, words)]
            for text, theirs, ours in zip(texts, *texts_ids):
                if theirs != ours:
                    raise SystemExit(f"{name}: expected ids {theirs}\nfound {ours}\nfor {text!r}")
            raise SystemExit(f"{name}: expected {expected[0]} texts, found {words[0]}")
    return int(len(expected) - 1 - expected[0])


def split_ids(words):
    count = int(words[0])
    places = numpy.cumsum(words[1 : count + 1])[:-1]
    return [part.tolist() for part in numpy.split(words[count + 1 :], places)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("text", nargs="?", type=pathlib.Path, help="an English text; generated if left out")
    parser.add_argument("--model", type=pathlib.Path, default=harness.default_model())
    parser.add_argument("--program", type=pathlib.Path, help="the built tokenizer_race")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=pathlib.Path, default=harness.default_result("tokenizer"))
    arguments = parser.parse_args()
    tokenizer_json = arguments.model / "tokenizer.json"
    if not tokenizer_json.exists():
        raise SystemExit(f"expected {tokenizer_json}, found none; name a model directory with --model")

    work = harness.ROOT / "build" / "bench"
    work.mkdir(parents=True, exist_ok=True)
    text = (
        arguments.text.read_text(errors="replace")
        if arguments.text
        else generated_text(peer.tokenizers.Tokenizer.from_file(str(tokenizer_json)))
    )
    texts = passages(text)
    save(work / "texts.bin", texts)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    inputs = [tokenizer_json, work / "texts.bin"]
    running = {"sememe": harness.Contender("sememe", [arguments.program, *inputs])}
    for way in WAYS:
        running[way] = harness.Contender(way, [sys.executable, HERE / "peer.py", *inputs, way])
    tokens = check(running, work, texts)
    print(f"ids agree: {tokens:,} in {len(texts):,} passages, {megabytes:.1f} MB", file=sys.stderr)

    turns = [
        {name: min(contender.ask("time", 3 if name == "sememe" else 1)["cpu_s"]) for name, contender in running.items()}
        for _ in range(arguments.rounds)
    ]
    memory = {name: contender.ask("stats")["peak_rss_mib"] for name, contender in running.items()}
    for contender in running.values():
        contender.close()

    best = {name: min(turn[name] for turn in turns) for name in running}
    ratio = statistics.median(min(turn[way] for way in WAYS) / turn["sememe"] for turn in turns)
    print("\nOne thread, best of all rounds\n")
    harness.print_table(
        ["", "tokens a CPU-second", "MB/s", "peak memory, MiB"],
        [
            [
                "sememe" if name == "sememe" else f"Hugging Face tokenizers, {name}",
                f"{tokens / seconds:,.0f}",
                f"{megabytes / seconds:.1f}",
                f"{memory[name]:.0f}",
            ]
            for name, seconds in best.items()
        ],
    )
    print(f"\nratio to the peer's best way, median of {arguments.rounds} rounds: {ratio:.1f}")
    harness.write_result(
        arguments.json,
        {
            "versions": {"tokenizers": peer.tokenizers.__version__},
            "text": arguments.text.name if arguments.text else "generated",
            "passages": len(texts),
            "megabytes": megabytes,
            "tokens": tokens,
            "cpu_seconds": best,
            "megabytes_per_cpu_s": {name: megabytes / seconds for name, seconds in best.items()},
            "ratio": ratio,
            "peak_rss_mib": memory,
            "turns": turns,
        },
    )


if __name__ == "__main__":
    main()
