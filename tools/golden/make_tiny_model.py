"""Makes tests/golden/models: three tiny random BERT models and the vectors that PyTorch gives them.

    python tools/golden/make_tiny_model.py --out tests/golden/models

tiny-bert      f32,  mean pooling + Normalize, uncased, saved as sentence-transformers 6 saves it
tiny-bert-cls  bf16, CLS pooling, no Normalize, cased, the older dialect of modules.json and pooling config
tiny-bert-f16  f16,  mean pooling + Normalize, uncased, accents kept, new dialect

For each: <name>.golden.npy [N x D] float32 and <name>.golden.jsonl {"text", "tokens"}, computed in
float32 from the stored weights (f16 and bf16 widened first), one text at a time. For tiny-bert also
tiny-bert.hidden.npy [T x D] (last hidden states of three texts, one after the other) and
tiny-bert.layers.npy [layers + 1 x T x D] (embeddings, then each layer), with tiny-bert.hidden.json.
"""

import argparse
import json
import os
import random
import shutil
from collections import Counter
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np
import sentence_transformers
import tokenizers
import torch
import transformers
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

import samples
from common import write_lines

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SPECS = {
    "tiny-bert": dict(
        seed=101, vocab=800, hidden=48, heads=4, layers=3, inner=100, positions=64, max_length=32, eps=1e-12,
        dtype=torch.float32, pooling="mean", normalize=True, old=False, normalizer=dict(lowercase=True, strip_accents=None)),
    "tiny-bert-cls": dict(
        seed=202, vocab=500, hidden=32, heads=2, layers=2, inner=72, positions=40, max_length=24, eps=1e-12,
        dtype=torch.bfloat16, pooling="cls", normalize=False, old=True, normalizer=dict(lowercase=False, strip_accents=None)),
    "tiny-bert-f16": dict(
        seed=303, vocab=600, hidden=40, heads=5, layers=2, inner=68, positions=64, max_length=48, eps=1e-6,
        dtype=torch.float16, pooling="mean", normalize=True, old=False, normalizer=dict(lowercase=True, strip_accents=False)),
}


def learn_vocabulary(words, size):
    """Byte-pair style merges over word counts -> WordPiece pieces. Ties go to the smaller pair, so that the
    result is the same in every run (the trainer of `tokenizers` numbers continuations in hash order)."""
    split = {w: [w[0]] + ["##" + c for c in w[1:]] for w in sorted(words)}
    letters = Counter(p for w, pieces in split.items() for p in pieces for _ in range(words[w]))
    vocabulary = SPECIAL + sorted(sorted(letters, key=lambda p: (-letters[p], p))[:size // 2])
    while len(vocabulary) < size:
        pairs = Counter()
        for w, pieces in split.items():
            for pair in zip(pieces, pieces[1:]):
                pairs[pair] += words[w]
        left, right = min(pairs, key=lambda p: (-pairs[p], p))
        joined = left + right[2:]
        if joined not in vocabulary:
            vocabulary.append(joined)
        for w, pieces in split.items():
            out = []
            for p in pieces:
                if out and out[-1] == left and p == right:
                    out[-1] = joined
                else:
                    out.append(p)
            split[w] = out
    return vocabulary


def train_tokenizer(spec, rng):
    """A WordPiece vocabulary learned from generated text; returns a tokenizer like BERT's."""
    lines = samples.generate(samples.TEMPLATES, 1500, rng) + samples.generate(samples.CODE, 200, rng)
    for _, text in samples.script_sentences()[:45]:
        lines += [text] * 3
    normalizer = normalizers.BertNormalizer(**spec["normalizer"])
    words = Counter(w for line in lines for w, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(normalizer.normalize_str(line)))
    vocabulary = learn_vocabulary(words, spec["vocab"])
    t = Tokenizer(models.WordPiece({p: i for i, p in enumerate(vocabulary)}, unk_token="[UNK]", max_input_chars_per_word=100))
    t.normalizer = normalizer
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.add_special_tokens(SPECIAL)
    t.decoder = decoders.WordPiece()
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", t.token_to_id("[CLS]")), ("[SEP]", t.token_to_id("[SEP]"))])
    return t


def random_bert(spec, vocab_size):
    """A BERT whose every parameter matters: wide weights, biases and LayerNorm away from 0 and 1."""
    config = BertConfig(
        vocab_size=vocab_size, hidden_size=spec["hidden"], num_hidden_layers=spec["layers"], num_attention_heads=spec["heads"],
        intermediate_size=spec["inner"], max_position_embeddings=spec["positions"], layer_norm_eps=spec["eps"], hidden_act="gelu")
    generator = torch.Generator().manual_seed(spec["seed"])
    model = BertModel(config).eval()
    with torch.no_grad():
        for name, p in sorted(model.named_parameters()):
            noise = torch.randn(p.shape, generator=generator)
            if "LayerNorm.weight" in name:
                p.copy_(1 + 0.25 * noise)
            elif name.endswith("bias"):
                p.copy_(0.1 * noise)
            elif "embeddings" in name:
                p.copy_(0.5 * noise)
            else:
                p.copy_(noise * 1.5 / p.shape[1] ** 0.5)
    return model


def build(name, spec, directory):
    """Writes one complete sentence-transformers directory."""
    rng = random.Random(spec["seed"])
    tokenizer = train_tokenizer(spec, rng)
    model = random_bert(spec, tokenizer.get_vocab_size()).to(spec["dtype"])
    raw = directory.with_name(directory.name + ".raw")
    shutil.rmtree(raw, ignore_errors=True)
    shutil.rmtree(directory, ignore_errors=True)
    raw.mkdir(parents=True)
    model.save_pretrained(raw)
    tokenizer.save(str(raw / "tokenizer.json"), pretty=False)
    settings = {
        "tokenizer_class": "BertTokenizer", "do_lower_case": spec["normalizer"]["lowercase"], "strip_accents": spec["normalizer"]["strip_accents"],
        "tokenize_chinese_chars": True, "model_max_length": spec["positions"],
        "pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]"}
    (raw / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")
    transformer = Transformer(str(raw), max_seq_length=spec["max_length"])
    modules = [transformer, Pooling(spec["hidden"], pooling_mode=spec["pooling"])] + ([Normalize()] if spec["normalize"] else [])
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(directory), create_model_card=False)
    shutil.rmtree(raw)
    if spec["old"]:
        old_dialect(directory, spec)
    (directory / "model.safetensors").chmod(0o644)
    for path in directory.rglob("*.json"):  # one final newline in text files
        text = path.read_text(encoding="utf-8")
        path.write_text(text.rstrip("\n") + "\n", encoding="utf-8")


def old_dialect(directory, spec):
    """Rewrites the module files as sentence-transformers 2 wrote them."""
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}]
    (directory / "modules.json").write_text(json.dumps(modules, indent=2))
    pooling = {
        "word_embedding_dimension": spec["hidden"], "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False,
        "pooling_mode_max_tokens": False, "pooling_mode_mean_sqrt_len_tokens": False}
    (directory / "1_Pooling" / "config.json").write_text(json.dumps(pooling, indent=2))
    (directory / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": spec["max_length"], "do_lower_case": False}, indent=2))
    versions = {"__version__": {"sentence_transformers": "2.2.2", "transformers": "4.28.1", "pytorch": "2.0.0"}}
    (directory / "config_sentence_transformers.json").write_text(json.dumps(versions, indent=2))


def golden_texts(limit, rng):
    """At least 60 texts: empty, one token, many scripts, exactly at the limit, far beyond it."""
    texts = ["", " ", "\n\t", "a", "the", ".", "?", "river", "\u4e2d", "\u0436", "[MASK]", "[SEP]", "\U0001f600", "x" * 101, "1 2 3"]
    texts += [text for _, text in samples.script_sentences()[::3]]
    texts += samples.generate(samples.TEMPLATES, 20, rng)
    texts += ["a " * n for n in (limit - 3, limit - 2, limit - 1, limit)] + ["a . " * limit]
    texts += [samples.paragraph(rng, n) for n in (2, 3, 5, 9)] + ["one[SEP]two [MASK] three[CLS]"]
    return list(dict.fromkeys(texts))


def make_golden(name, directory, out, rng):
    """Vectors of the saved model, widened to float32, one text at a time."""
    model = SentenceTransformer(str(directory), device="cpu", model_kwargs={"dtype": torch.float32})
    if model.dtype != torch.float32:
        raise ValueError(f"{name}: loaded as {model.dtype}")
    spec = SPECS[name]
    if model.max_seq_length != spec["max_length"]:
        raise ValueError(f"{name}: max_seq_length {model.max_seq_length}")
    texts = golden_texts(spec["max_length"], rng)
    tokens = [model.preprocess([t])["input_ids"].shape[1] for t in texts]
    vectors = np.stack([model.encode([t], batch_size=1, show_progress_bar=False)[0] for t in texts])
    np.save(out / f"{name}.golden.npy", np.ascontiguousarray(vectors, dtype="<f4"))
    write_lines(out / f"{name}.golden.jsonl", ({"text": t, "tokens": n} for t, n in zip(texts, tokens)))
    if name == "tiny-bert":
        write_hidden(model, out, name)
    wide = SentenceTransformer(str(directory), device="cpu", model_kwargs={"dtype": torch.float64})
    exact = np.stack([wide.encode([t], batch_size=1, show_progress_bar=False)[0] for t in texts])
    worst = np.abs(exact - vectors).max()
    print(f"{name}: {vectors.shape} max |f32 - f64| {worst:.2e}, tokens {min(tokens)}..{max(tokens)}, truncated {sum(n == spec['max_length'] for n in tokens)}")
    if exact.dtype != np.float64 or not np.isfinite(vectors).all() or len(texts) < 60:
        raise ValueError(f"{name}: bad goldens")


def write_hidden(model, out, name):
    """Hidden states of three texts of different lengths."""
    texts = ["river", "The quick vector finds a bank.", "Why does a storm that splits a garden look so bright? " * 3]
    ids, layers = [], []
    for text in texts:
        features = model.preprocess([text])
        with torch.no_grad():
            result = model[0].auto_model(
                input_ids=features["input_ids"], attention_mask=features["attention_mask"], token_type_ids=features["token_type_ids"], output_hidden_states=True)
        ids.append(features["input_ids"][0].tolist())
        layers.append(np.stack([h[0].numpy() for h in result.hidden_states]))
        if not np.array_equal(layers[-1][-1], result.last_hidden_state[0].numpy()):
            raise ValueError("the last of hidden_states is not last_hidden_state")
    every = np.ascontiguousarray(np.concatenate(layers, axis=1), dtype="<f4")
    np.save(out / f"{name}.layers.npy", every)
    np.save(out / f"{name}.hidden.npy", np.ascontiguousarray(every[-1]))
    (out / f"{name}.hidden.json").write_text(json.dumps({"texts": texts, "ids": ids}) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("tests/golden/models"))
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    print("torch", torch.__version__, "transformers", transformers.__version__, "sentence-transformers", sentence_transformers.__version__, "tokenizers", tokenizers.__version__)
    for name, spec in SPECS.items():
        build(name, spec, args.out / name)
        make_golden(name, args.out / name, args.out, random.Random(args.seed))


if __name__ == "__main__":
    main()
