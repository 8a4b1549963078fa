"""The texts of the encoder race, as token ids, and the ways to batch them.

A batch file is all little-endian u32: [texts N] [batches B] [N lengths] [B batch sizes] [N places: which text, batch
after batch] [the ids, text after text].
"""

import pathlib
import random

import numpy

CLS, SEP = 101, 102
FIRST_WORD, LAST_WORD = 1996, 29611  # whole words and pieces of the BERT vocabulary, no special or unused id
SEED = 20261124
BATCH_SIZES = (1, 4, 8, 16, 32)
TOKEN_BUDGETS = (1024, 4096)

FIXED = {"1x16": (1, 16), "1x128": (1, 128), "32x32": (32, 32), "32x128": (32, 128), "8x512": (8, 512)}


def passage_lengths():
    text = (pathlib.Path(__file__).parent / "passage_lengths.txt").read_text()
    return [int(word) for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def random_texts(lengths):
    """Speed does not depend on which tokens they are; [CLS] and [SEP] stand where a tokenizer puts them."""
    generator = random.Random(SEED)
    return [[CLS] + [generator.randint(FIRST_WORD, LAST_WORD) for _ in range(n - 2)] + [SEP] for n in lengths]


def texts_of_file(path, model):
    """One text a non-empty line, cut at the model's limit of 256 tokens."""
    import tokenizers

    tokenizer = tokenizers.Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    lines = [line.strip() for line in path.read_text(errors="replace").splitlines()]
    return [encoding.ids for encoding in tokenizer.encode_batch([line for line in lines if line])]


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


def fixed_batches(directory):
    """name -> {way: batch file}: one batch of equal texts."""
    files = {}
    for name, (batch, tokens) in FIXED.items():
        path = directory / f"{name}.batches"
        save(path, random_texts([tokens] * batch), [list(range(batch))])
        files[name] = {"whole": path}
    return files


def mix_batches(directory, texts):
    """The same texts sorted by length (`mix`: a bulk job) and as they come (`mix unsorted`: a server)."""
    lengths = [len(text) for text in texts]
    arrival = list(range(len(texts)))
    by_length = sorted(arrival, key=lambda text: -lengths[text])
    files = {}
    for name, order in {"mix": by_length, "mix unsorted": arrival}.items():
        ways = {f"{size} texts": by_count(order, size) for size in BATCH_SIZES}
        ways |= {f"{budget} tokens": by_budget(order, lengths, budget) for budget in TOKEN_BUDGETS}
        files[name] = {}
        for way, batches in ways.items():
            files[name][way] = directory / f"{name}.{way}.batches".replace(" ", "-")
            save(files[name][way], texts, batches)
    return files
