"""The texts of the encoder race, as token ids, and the ways to batch them.

A batch file is all little-endian u32: [texts N] [batches B] [N lengths] [B batch sizes] [N places: which text, batch
after batch] [the ids, text after text].
"""

import pathlib
import random
import re

import numpy

CLS, SEP = 101, 102
FIRST_WORD, LAST_WORD = 1996, 29611  # whole words and pieces of the BERT vocabulary, no special or unused id
LONGEST = 256  # tokens of a text from a file: the limit that MiniLM was trained with
SEED = 20261124
CALIBRATION_TEXTS = 200

FIXED = {"1x16": (1, 16), "1x128": (1, 128), "32x32": (32, 32), "32x128": (32, 128), "8x512": (8, 512)}
FIXED_SIZES = (1, 4)  # the ways to split a fixed workload besides "whole"
SORTED_SIZES, SORTED_BUDGETS = (1, 4, 8, 16), (1024,)
UNSORTED_SIZES, UNSORTED_BUDGETS = (1, 4, 16), ()


def passage_lengths():
    text = (pathlib.Path(__file__).parent / "passage_lengths.txt").read_text()
    return [int(word) for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def random_texts(lengths):
    """Speed does not depend on which tokens they are; [CLS] and [SEP] stand where a tokenizer puts them."""
    generator = random.Random(SEED)
    return [[CLS] + [generator.randint(FIRST_WORD, LAST_WORD) for _ in range(n - 2)] + [SEP] for n in lengths]


def _tokenizer(model):
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    return tokenizer


def texts_of_file(path, model):
    """One text a non-empty line, cut at LONGEST tokens."""
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines()]
    return [encoding.ids for encoding in _tokenizer(model).encode_batch([line for line in lines if line])]


def project_files(root):
    return [root / "README.md", root / "CONTRIBUTING.md", *sorted(root.glob("docs/**/*.md"))]


def prose(files):
    """The paragraphs of Markdown files, without headings, code, tables and link targets."""
    for path in files:
        text = re.sub(r"^```.*?^```", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
        for block in text.split("\n\n"):
            lines = [line for line in block.splitlines() if not line.startswith(("#", "|", "    ", "<", "!"))]
            yield re.sub(r"\]\([^)]*\)|[`*\[\]]", "", " ".join(lines)).strip()


def project_texts(root, model, lengths):
    """Texts of these lengths cut out of this project's documentation, one after the other, around again at its end."""
    blocks = [block for block in prose(project_files(root)) if block]
    encodings = _tokenizer(model).encode_batch(blocks, add_special_tokens=False)
    stream = [token for encoding in encodings for token in encoding.ids]
    texts, place = [], 0
    for length in lengths:
        words = [stream[i % len(stream)] for i in range(place, place + length - 2)]
        texts.append([CLS] + words + [SEP])
        place += length - 2
    return texts


def calibration_texts(root, model, file=None):
    """What a quantiser looks at: English of natural lengths, not what is raced on."""
    if file:
        return texts_of_file(file, model)[:CALIBRATION_TEXTS]
    lengths = passage_lengths()
    raced = len(lengths)
    wanted = (lengths * (2 + CALIBRATION_TEXTS // raced))[: raced + CALIBRATION_TEXTS]
    return project_texts(root, model, wanted)[raced:]


def by_count(order, size):
    return [order[i : i + size] for i in range(0, len(order), size)]


def by_budget(order, lengths, budget):
    """Consecutive texts while their tokens fit the budget; a longer text stands alone."""
    batches, used = [], 0
    for text in order:
        if not batches or used + lengths[text] > budget:
            batches.append([])
            used = 0
        batches[-1].append(text)
        used += lengths[text]
    return batches


def save(path, texts, batches):
    lengths = [len(text) for text in texts]
    order = [text for batch in batches for text in batch]
    words = [len(texts), len(batches)] + lengths + [len(batch) for batch in batches] + order
    words += [token for text in texts for token in text]
    numpy.array(words, dtype="<u4").tofile(path)


def load(path):
    """-> (texts, batches) as lists."""
    words = numpy.fromfile(path, dtype="<u4")
    texts, batches = int(words[0]), int(words[1])
    lengths, sizes, order, ids = numpy.split(words[2:], numpy.cumsum([texts, batches, texts]))
    split = lambda values, counts: [part.tolist() for part in numpy.split(values, numpy.cumsum(counts)[:-1])]
    return split(ids, lengths), split(order, sizes)


def _save_ways(directory, name, texts, ways):
    files = {}
    for way, batches in ways.items():
        files[way] = directory / f"{name}.{way}.batches".replace(" ", "-")
        save(files[way], texts, batches)
    return files


def fixed_batches(directory):
    """name -> {way: batch file}: equal texts, all in one batch or split."""
    files = {}
    for name, (batch, tokens) in FIXED.items():
        order = list(range(batch))
        ways = {"whole": [order]}
        ways |= {f"{size} text{'s' * (size > 1)}": by_count(order, size) for size in FIXED_SIZES if size < batch}
        files[name] = _save_ways(directory, name, random_texts([tokens] * batch), ways)
    return files


def mix_batches(directory, texts):
    """The same texts sorted by length (`mix`: a bulk job) and as they come (`mix unsorted`: a server)."""
    lengths = [len(text) for text in texts]
    arrival = list(range(len(texts)))
    by_length = sorted(arrival, key=lambda text: -lengths[text])
    files = {}
    for name, order, sizes, budgets in (
        ("mix", by_length, SORTED_SIZES, SORTED_BUDGETS),
        ("mix unsorted", arrival, UNSORTED_SIZES, UNSORTED_BUDGETS),
    ):
        ways = {f"{size} text{'s' * (size > 1)}": by_count(order, size) for size in sizes}
        ways |= {f"{budget} tokens": by_budget(order, lengths, budget) for budget in budgets}
        files[name] = _save_ways(directory, name, texts, ways)
    return files
