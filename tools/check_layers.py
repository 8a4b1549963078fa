#!/usr/bin/env python3
"""Checks every #include under src/ against LAYERS.

The linker refuses calls that go against the arrows; a header-only use needs no linking, so includes are read too.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def read_layers():
    layers = {}
    for line in (ROOT / "LAYERS").read_text().splitlines():
        if match := re.match(r"([a-z]+):(.*)", line):
            layers[match[1]] = set(match[2].split())
    return layers


def main():
    layers = read_layers()
    faults = []
    for folder in sorted(p.name for p in (ROOT / "src").iterdir() if p.is_dir()):
        if folder not in layers:
            faults.append(f"src/{folder}: not in LAYERS")
            continue
        for source in sorted((ROOT / "src" / folder).glob("*.*")):
            for number, line in enumerate(source.read_text().splitlines(), 1):
                match = re.match(r'#include "([a-z]+)/', line)
                if match and match[1] not in {folder, "sememe"} | layers[folder]:
                    faults.append(f"{source.relative_to(ROOT)}:{number}: {folder} may not use {match[1]} (LAYERS)")
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
