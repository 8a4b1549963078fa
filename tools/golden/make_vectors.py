"""Makes tests/golden/vectors: what sentence-transformers answers for 240 texts with a real model.

    python tools/golden/make_vectors.py --model DIR --out tests/golden/vectors

Writes NAME.npy [240 x D] float32 and NAME.jsonl {"text", "tokens"}; tokens count the special ones,
after truncation at the model's max_seq_length. One text at a time, so no padding, one thread.
"""

import argparse
import os
import random
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import sentence_transformers
import torch
import transformers
from sentence_transformers import SentenceTransformer

import samples
from common import load_tokenizer, write_lines

COUNT = 240


def exact_length(tokenizer, tokens, rng):
    """An English text of exactly `tokens` tokens with the special ones."""
    text = ""
    while True:
        longer = (text + " " + samples.fill(rng.choice(samples.TEMPLATES), rng)).strip()
        if len(tokenizer.encode(longer).ids) > tokens:
            break
        text = longer
    missing = tokens - len(tokenizer.encode(text).ids)
    return (text + " word" * missing).strip()


def make_texts(tokenizer, rng):
    texts = ["", " ", " \n\t ", "\u200b", "a", "the", ".", "I", "river", "\u4e2d", "7", "\u00e9", "\U0001f600", "[MASK]", "x" * 101]
    texts += ["river bank", "River Bank!", "king", "queen", "[CLS] a [SEP] b", "un[MASK]able", "##ing", "caf\u00e9 cafe\u0301 CAFE", "A" * 99]
    texts += [text for _, text in samples.script_sentences()]
    texts += [e + " " + samples.fill(samples.TEMPLATES[0], rng) for e in samples.EMOJI[:8]]
    texts += samples.generate(samples.CODE, 24, rng) + samples.generate(samples.MARKUP, 10, rng)
    lengths = list(range(10, 250, 12)) + [127, 128, 129, 130, 252, 253, 254, 255, 256, 257, 258, 259, 270, 300, 333, 384, 400, 450, 500, 511, 512]
    texts += [exact_length(tokenizer, n, rng) for n in lengths]
    texts += ["\u6771\u4eac\u4e2d\u6587 " * 70, "\uac00\uac01 " * 60, "\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440 " * 40, "word " * 512]
    texts += ["\n".join(samples.fill(t, rng) for t in samples.CODE)]
    texts = list(dict.fromkeys(texts))
    if len(texts) > COUNT:
        raise ValueError(f"{len(texts)} texts, more than {COUNT}")
    extra = samples.generate(samples.TEMPLATES, COUNT, rng)
    return (texts + [t for t in extra if t not in texts])[:COUNT]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="sentence-transformers directory")
    parser.add_argument("--name", default="all-minilm-l6-v2")
    parser.add_argument("--out", type=Path, default=Path("tests/golden/vectors"))
    parser.add_argument("--seed", type=int, default=11)
    args = parser.parse_args()
    torch.set_num_threads(1)
    print("torch", torch.__version__, "transformers", transformers.__version__, "sentence-transformers", sentence_transformers.__version__)

    tokenizer, _ = load_tokenizer(args.model / "tokenizer.json")
    texts = make_texts(tokenizer, random.Random(args.seed))
    model = SentenceTransformer(str(args.model), device="cpu", model_kwargs={"dtype": torch.float32})
    limit = model.max_seq_length
    tokens = []
    for t in texts:
        ids = model.preprocess([t])["input_ids"][0].tolist()
        full = tokenizer.encode(t).ids
        if ids != (full if len(full) <= limit else full[:limit - 1] + full[-1:]):
            raise ValueError(f"sentence-transformers and tokenizers differ on {t[:80]!r}")
        tokens.append(len(ids))
    vectors = np.stack([model.encode([t], batch_size=1, show_progress_bar=False)[0] for t in texts])
    args.out.mkdir(parents=True, exist_ok=True)
    np.save(args.out / f"{args.name}.npy", np.ascontiguousarray(vectors, dtype="<f4"))
    write_lines(args.out / f"{args.name}.jsonl", ({"text": t, "tokens": n} for t, n in zip(texts, tokens)))

    again = np.load(args.out / f"{args.name}.npy")
    wide = SentenceTransformer(str(args.model), device="cpu", model_kwargs={"dtype": torch.float64})
    exact = np.stack([wide.encode([t], batch_size=1, show_progress_bar=False)[0] for t in texts])
    cosine = (again.astype(np.float64) * exact).sum(axis=1) / np.linalg.norm(again.astype(np.float64), axis=1) / np.linalg.norm(exact, axis=1)
    print(f"{again.shape} {again.dtype}, max_seq_length {limit}, at the limit {sum(n == limit for n in tokens)}")
    print(f"against float64: max difference {np.abs(exact - again).max():.2e}, min cosine {cosine.min():.9f}")
    if again.shape[0] != COUNT or not np.isfinite(again).all():
        raise ValueError("bad vectors")


if __name__ == "__main__":
    main()
