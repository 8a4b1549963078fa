"""Makes tests/golden/models/static-*: tiny static models and the vectors that their own programs give.

    python tools/golden/make_static.py --out tests/golden/models

static-f32    model2vec, f32, normalised, max_length 24, so that most texts are cut by tokens or characters
static-f16    model2vec, f16, not normalised, max_length null (no limit)
static-int8   model2vec, 8 bits, with "weights" and "mapping", config without max_length (512)
static-st     sentence-transformers 6: StaticEmbedding and Normalize at the top, truncation 24 in tokenizer.json
static-st-old the older dialect: 0_StaticEmbedding/ with its own tokenizer.json, no Normalize

For each <name>.golden.npy [N x D] float32 and <name>.golden.jsonl {"text", "tokens"}: the tokens that the mean is
taken of, before unknown ones are left out. The tokenizer is tiny-bert's, its [UNK] row is not zero. model2vec rounds
the vectors of an f16 table to f16; the golden ones are those of the table widened to f32 first. Run make_tiny_model.py
before.
"""

import argparse
import json
import random
import shutil
from pathlib import Path

import model2vec
import numpy as np
import sentence_transformers
from make_tiny_model import golden_texts
from model2vec import StaticModel
from model2vec.quantization import DType, quantize_embeddings
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
from tokenizers import Tokenizer

import samples
from common import write_lines

LIMIT = 24
DIM = 36  # no whole registers


def tokenizer(models):
    return Tokenizer.from_file(str(models / "tiny-bert" / "tokenizer.json"))


def table(seed, rows):
    """Rows of very different lengths, as frequency weights make them."""
    rng = np.random.default_rng(seed)
    return (rng.standard_normal((rows, DIM)) * rng.uniform(0.01, 2, (rows, 1))).astype(np.float32)


def texts(seed):
    """Beside those of the tiny encoders: only unknown tokens, and long ones of few or many characters a token."""
    rng = random.Random(seed)
    more = ["\u2603", "\u2603 \U0001f600 \u2603", "\u2603 river \U0001f600", "[UNK]", "[PAD] river", "river [UNK] bank"]
    more += ["river " * n for n in (4, 16, LIMIT - 1, LIMIT, LIMIT + 1, 40, 120)]
    more += ["\u4e2d" * 40, "multilingual uncompressed " * 12, "\u00e9\u00e8 a " * 30, " " * 130 + "river", "x" * 130 + " river"]
    more += [samples.paragraph(rng, n) for n in (1, 2, 20, 60)]
    return list(dict.fromkeys(golden_texts(LIMIT, rng) + more))


def clean(directory):
    """One final newline in JSON files, readable weights, no model card."""
    for path in directory.rglob("*"):
        if path.suffix == ".json":
            path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n", encoding="utf-8")
        elif path.suffix == ".md":
            path.unlink()
        elif path.is_file():
            path.chmod(0o644)


def edit_json(path, edit):
    value = json.loads(path.read_text(encoding="utf-8"))
    edit(value)
    path.write_text(json.dumps(value, indent=4, ensure_ascii=False) + "\n", encoding="utf-8")


def model2vec_models(models):
    """The three model2vec directories, as save_pretrained writes them."""
    t = tokenizer(models)
    rows = t.get_vocab_size()
    rng = np.random.default_rng(9)
    mapping = rng.integers(0, 50, rows)
    weights = rng.uniform(0.01, 1, rows)
    made = {
        "static-f32": StaticModel(table(1, rows), t, normalize=True, max_length=LIMIT),
        "static-f16": StaticModel(table(2, rows).astype(np.float16), t, normalize=False, max_length=None),
        "static-int8": StaticModel(
            quantize_embeddings(table(3, 50), DType.Int8), t, normalize=True, weights=weights, token_mapping=mapping),
    }
    for name, model in made.items():
        shutil.rmtree(models / name, ignore_errors=True)
        model.config["model_type"] = "model2vec"
        model.save_pretrained(models / name)
        clean(models / name)
    edit_json(models / "static-int8" / "config.json", lambda config: config.pop("max_length"))


def sentence_transformers_models(models):
    """The two StaticEmbedding directories."""
    t = tokenizer(models)
    t.enable_truncation(LIMIT)
    new, old = models / "static-st", models / "static-st-old"
    for path in (new, old):
        shutil.rmtree(path, ignore_errors=True)
    rows = t.get_vocab_size()
    save = dict(create_model_card=False)
    SentenceTransformer(modules=[StaticEmbedding(t, table(4, rows)), Normalize()], device="cpu").save_pretrained(str(new), **save)
    t.no_truncation()
    SentenceTransformer(modules=[StaticEmbedding(t, table(5, rows))], device="cpu").save_pretrained(str(old), **save)
    folder = old / "0_StaticEmbedding"
    folder.mkdir()
    for name in ("model.safetensors", "tokenizer.json"):
        (old / name).rename(folder / name)
    modules = [{"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"}]
    (old / "modules.json").write_text(json.dumps(modules, indent=2) + "\n")
    for path in (new, old):
        clean(path)


def model2vec_vectors(directory, lines):
    """Vectors, and the number of tokens that encode keeps of each text."""
    model = StaticModel.from_pretrained(directory)
    native = model.encode(lines, use_multiprocessing=False)
    if model.embedding.dtype == np.float16:
        model.embedding = model.embedding.astype(np.float32)
        wide = model.encode(lines, use_multiprocessing=False)
        if np.abs(native.astype(np.float32) - wide).max() > np.abs(wide).max() * 2.0**-10:
            raise ValueError("f16 vectors differ by more than their rounding")
        native = wide
    limit = model.max_length
    cut = [t if limit is None else t[:limit * model.median_token_length] for t in lines]
    model.tokenizer.no_truncation() if limit is None else model.tokenizer.enable_truncation(limit)
    counts = [len(e.ids) for e in model.tokenizer.encode_batch(cut, add_special_tokens=False)]
    return native, counts


def sentence_transformers_vectors(directory, lines):
    model = SentenceTransformer(str(directory), device="cpu")
    vectors = np.stack([model.encode([t], show_progress_bar=False)[0] for t in lines])
    return vectors, [model.preprocess([t])["input_ids"].shape[0] for t in lines]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/golden/models"))
    args = parser.parse_args()
    print("model2vec", model2vec.__version__, "sentence-transformers", sentence_transformers.__version__)
    model2vec_models(args.out)
    sentence_transformers_models(args.out)
    lines = texts(7)
    for directory in sorted(args.out.glob("static-*/")):
        vectors = sentence_transformers_vectors if "-st" in directory.name else model2vec_vectors
        found, counts = vectors(directory, lines)
        np.save(args.out / f"{directory.name}.golden.npy", np.ascontiguousarray(found, dtype="<f4"))
        write_lines(args.out / f"{directory.name}.golden.jsonl", ({"text": t, "tokens": n} for t, n in zip(lines, counts)))
        print(directory.name, found.shape, "tokens", min(counts), "to", max(counts), "zero vectors", int((found == 0).all(axis=1).sum()))


if __name__ == "__main__":
    main()
