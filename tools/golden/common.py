"""Small helpers shared by the golden-data scripts: JSON lines, byte offsets, tokenizers."""

import copy
import json
from pathlib import Path

from tokenizers import Tokenizer


def json_line(value):
    """One compact JSON line; characters that do not print are escaped, others stay readable."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


def write_lines(path, values):
    """Writes JSON lines with \\n ends; returns how many."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json_line(v) for v in values]
    path.write_bytes("".join(line + "\n" for line in lines).encode("utf-8"))
    return len(lines)


def read_lines(path):
    """Reads JSON lines; only \\n ends a line."""
    return [json.loads(line) for line in Path(path).read_bytes().split(b"\n") if line]


def byte_starts(text):
    """starts[i] is the byte offset of character i in the UTF-8 of text; starts[len] is its size."""
    starts, at = [0], 0
    for c in text:
        at += len(c.encode("utf-8"))
        starts.append(at)
    return starts


def flat_byte_offsets(text, offsets):
    """Character offsets as the Python binding gives them -> [b0, e0, b1, e1, ...] in bytes."""
    starts = byte_starts(text)
    return [starts[end] for pair in offsets for end in pair]


def load_tokenizer(path, normalizer=None):
    """A tokenizer.json without truncation and padding, optionally with normaliser settings replaced."""
    spec = json.loads(Path(path).read_text(encoding="utf-8"))
    spec = copy.deepcopy(spec)
    spec["truncation"] = None
    spec["padding"] = None
    if normalizer is not None:
        spec["normalizer"].update(normalizer)
    return Tokenizer.from_str(json.dumps(spec)), spec["normalizer"]


def encode(tokenizer, text):
    """The golden record of one text: ids with special tokens, and byte offsets."""
    e = tokenizer.encode(text)
    return {"text": text, "ids": e.ids, "offsets": flat_byte_offsets(text, e.offsets)}
