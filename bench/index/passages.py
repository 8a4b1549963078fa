#!/usr/bin/env python3
"""Cuts text into passages of 170 to 400 characters, one a line, in a random order: what real text data is made from.

    bench/index/passages.py TEXT --count 502000 > passages.txt
    sememe embed --npy wiki.npy < passages.txt
    bench/index/split.py wiki.npy

TEXT has paragraphs, one a line; lines of `<doc ...>` and `</doc>` are left out, and so are lines under 60 characters, which
are headings and remains of tables. A passage ends with a sentence once it has 200 characters and never spans documents.
"""

import argparse
import random
import re
import sys

SHORTEST, LONGEST, HEADING = 170, 400, 60
SENTENCE_END = re.compile(r"(?<=[.!?]) +")


def passages(lines):
    """Sentences are put together up to the shortest length; what is longer than the longest is cut at a space."""
    waiting = ""
    for line in lines:
        line = " ".join(line.split())
        if line.startswith(("<doc", "</doc")):
            waiting = ""
        elif len(line) >= HEADING:
            for sentence in SENTENCE_END.split(line):
                waiting = f"{waiting} {sentence}".strip()
                if len(waiting) >= SHORTEST:
                    yield waiting if len(waiting) <= LONGEST else waiting[:LONGEST].rsplit(" ", 1)[0]
                    waiting = ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("text")
    parser.add_argument("--count", type=int, default=502_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with open(options.text, encoding="utf-8", errors="replace") as file:
        # A passage that stands in the text twice would be two rows of equal distance.
        found = list(dict.fromkeys(passages(file)))
    if len(found) < options.count:
        sys.exit(f"{options.text}: expected {options.count:,} passages, found {len(found):,}")
    random.Random(options.seed).shuffle(found)
    sys.stdout.writelines(f"{passage}\n" for passage in found[: options.count])


if __name__ == "__main__":
    main()
