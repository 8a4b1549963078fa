"""Makes tests/golden/tokens: what Hugging Face `tokenizers` answers for thousands of texts.

    python tools/golden/make_tokens.py --model DIR --out tests/golden/tokens

DIR is a BERT model directory with tokenizer.json (all-MiniLM-L6-v2 for the committed files).
Every record is {"text", "ids", "offsets"}: ids include [CLS] and [SEP], offsets are flat byte
offsets [b0, e0, b1, e1, ...] into the UTF-8 of the text as given. Texts never hold surrogates.
"""

import argparse
import json
import random
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

import samples
from common import byte_starts, encode, flat_byte_offsets, load_tokenizer, read_lines, write_lines

CHINESE_EDGES = [
    0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFAFF, 0x20000, 0x2A6DF, 0x2A700, 0x2B73F, 0x2B740, 0x2B81F,
    0x2B820, 0x2B920, 0x2CEAF, 0x2F800, 0x2FA1F, 0x2CEB0, 0x2EBE0, 0x30000, 0x31350,
]
NONCHARACTERS = [0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF] + [p * 0x10000 + e for p in range(1, 17) for e in (0xFFFE, 0xFFFF)]


def is_surrogate(cp):
    return 0xD800 <= cp <= 0xDFFF


def special_texts():
    """Hand-written edge cases."""
    out = ["", " ", "  ", "\t", "\n", "\r\n", " \t\n\r ", "\u3000", "\u00a0", "\u2003\u2009", "\u2028", "\u2029", "\u0085", "\u200b", "\ufeff", "\u0000", "\ufffd"]
    out += ["\u0301", "\u0301\u0302", " \u0301 ", "\u200d\u200d", "\x7f\x80\x9f", "\U000e0001", "\U0010ffff", "\ue000", "\u0378"]
    # Special tokens in the text.
    out += ["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", "[SEP] [MASK]", "[mask]", "[cls]", "x[SEP]y", "[ MASK ]", "[[MASK]]", "[CLS][SEP]",
            "[CLS] a [SEP] b [SEP]", "the [MASK] sat", "the [MASK]sat", "the[MASK] sat", " [MASK] ", "[MASK].", "\u00e9[MASK]\u00e9", "[MASK", "MASK]",
            "[unused0]", "[unused1] x", "[MA\u0301SK]", "[M\u0000ASK]", "\u4e2d[SEP]\u6587", "[UNK][UNK]", "a[PAD]b", "[MASK]\u0301", "\u0301[MASK]"]
    out += ["##ing", "##", "#", "# #", "##ing ##s", "run##ning", "a##b", "#ing"]
    # Long words: around the limit of 100 characters, in several scripts.
    for n in (99, 100, 101, 200, 5000):
        for c in ("a", "Z", "1", "\u00e9", "\u0436", "\u00df", "\u0130", "\u0e01", "\u0905", "\U0001d5ba", "\uac00", "\u0301"):
            if n < 5000 or c in "a\u00e9":
                out.append(c * n)
        out.append("x" * n + " tail")
        out.append("head " + "ab" * (n // 2) + "c" * (n % 2) + "!")
        out.append("a" * (n // 2) + "." + "b" * (n - n // 2))
    for n in (99, 100, 101):
        out += ["e\u0301" * n, "a" * n + "\u0301" * 3, "a" * n + "\u200b", "\u4e2d" * n, "." * n, "\uac01" * (n // 3), "a\u00ad" * n]
        out += ["word" * 24 + "x" * (n - 96), "unaffable" * 11 + "\u00fc" * (n - 99)]
    out.append(("I" * 100 + " ") * 3)
    out.append("a" + "\u0301\u0323\u0302\u0308\u0331" * 20 + "b")
    out.append("o\u0323\u0302 o\u0302\u0323 \u1ed9 \u01a1\u0323 \u1ee3 d\u0307\u0323 \u1e0d\u0307 \u1e69 s\u0323\u0307 s\u0307\u0323")
    out.append("Z\u0351\u036b\u0343\u036a\u0302a\u0346\u0353l\u0334\u034eg\u0337\u0321o\u0321 t\u0310e\u0363x\u20d7t")
    out.append("\u0300a \u0300\u0301 b\u0300\u0301\u0302\u0303\u0304\u0305 \u034fc\u20dd\u20e3")
    out.append("\u1100\u1161\u11a8 \u1100\u1161 \u1100 \u1161 \u11a8 \uac00\u11a8 \uac01 \u1112\u1161\u11ab\uae00 a\u302e\u302fb")
    out.append("\u212b \u00c5 A\u030a \u2126 \u03a9 K \u212a \ufb01 \ufb03 \u01c4 \u01c5 \u01c6 \u0149 \u1e9e \u017f \u01f0 \u0587")
    out.append("\uff21\uff42\uff11\uff0c\uff5e\u3002\u300c\u300d\u2160\u2170\u24b6\u24d0\u2474\u3220\u33a1")
    out.append("left\u200eto\u200fright \u202abidi\u202c \u2066iso\u2069 \u061c")
    out.append("tab\tsep\rcr\nlf\x0bvt\x0cff\x1cfs\x1dgs\x1ers\x1fus\x85nel")
    out.append("soft\u00adhyphen zero\u200bwidth\u200cnon\u200djoin\u2060word\ufeffbom")
    out.append("nbsp\u00a0fig\u2007narrow\u202fmath\u205fideo\u3000ogham\u1680mvs\u180eend")
    out.append("nul\u0000nul \u0000 \u0000\u0000x repl\ufffdacement \ufffd\ufffd")
    out += [chr(c) for c in range(0x20)] + [f"a{chr(c)}b" for c in list(range(0x20)) + list(range(0x7F, 0xA1))]
    out += ["".join(chr(c) for c in CHINESE_EDGES), " ".join(f"a{chr(c)}b" for c in CHINESE_EDGES)]
    out += ["a".join(chr(c) for c in NONCHARACTERS), " ".join(chr(c) for c in NONCHARACTERS)]
    out += [".", "...", "?!", "--", "a.b.c", "1.2.3", "$^+=<>|`~", "\u00a1\u00bf\u00ab\u00bb", "C++ C# F# .NET", "100%", "'tis", "rock'n'roll"]
    for e in samples.EMOJI:
        out += [e, f"I {e} it", f"ok{e}ok", e * 3]
    return out


def sentence_texts(rng):
    """Sentences in many scripts, code, markup, mail, long lines."""
    out = []
    for _, s in samples.script_sentences():
        out += [s, s.upper(), s.lower(), unicodedata.normalize("NFD", s), unicodedata.normalize("NFKC", s), "  " + s.replace(" ", "\u00a0") + "\n"]
        words = s.split()
        rng.shuffle(words)
        out += [" ".join(words), "".join(words)]
    out += samples.generate(samples.TEMPLATES, 620, rng)
    out += samples.generate(samples.CODE, 420, rng)
    out += samples.generate(samples.MARKUP, 200, rng)
    for n in (5, 10, 20, 40):
        out += [samples.paragraph(rng, n) for _ in range(2)]
    out.append("\u6771\u4eac\u4e2d\u6587 " * 60)
    out.append("\n".join(s for _, s in samples.script_sentences()))
    return out


def swept_blocks():
    """(first, last, step) of every range of code points that is swept."""
    out = []
    for lo in range(0, 0x10000, 0x100):
        if 0xD800 <= lo <= 0xDFFF:
            continue
        step = 1
        if 0x3500 <= lo < 0x4D00 or 0x4F00 <= lo < 0x9F00 or 0xAC00 <= lo < 0xD700:
            step = 3  # ideographs and Hangul syllables: a third, every block
        if 0xE100 <= lo < 0xF800:
            step = 16  # private use
        out.append((lo, lo + 0xFF, step))
    out += [(0x10000, 0x123FF, 1), (0x12400, 0x12FFF, 3), (0x13000, 0x143FF, 7), (0x14400, 0x1467F, 7), (0x16800, 0x16FFF, 1)]
    out += [(0x17000, 0x18CFF, 29), (0x18D00, 0x18D1F, 1), (0x1AFF0, 0x1B2FF, 3), (0x1BC00, 0x1BCAF, 1), (0x1CF00, 0x1CFCF, 1)]
    out += [(0x1D000, 0x1D7FF, 1), (0x1D800, 0x1DAAF, 3), (0x1DF00, 0x1E14F, 1), (0x1E290, 0x1E2FF, 1), (0x1E4D0, 0x1E5FF, 1), (0x1E7E0, 0x1E95F, 1)]
    out += [(0x1EC70, 0x1EEFF, 1), (0x1F000, 0x1FBFF, 1), (0x20000, 0x2A6DF, 173), (0x2A6D0, 0x2A70F, 1), (0x2A700, 0x2EE5F, 97)]
    out += [(0x2B730, 0x2B83F, 1), (0x2B910, 0x2B92F, 1), (0x2CEA0, 0x2CEBF, 1), (0x2F7F0, 0x2FA2F, 1), (0x30000, 0x323AF, 97)]
    out += [(0xE0000, 0xE01FF, 1), (0xF0000, 0xF000F, 1), (0xFFFF0, 0xFFFFF, 1), (0x100000, 0x10000F, 1), (0x10FFF0, 0x10FFFF, 1)]
    return out


def sweep_texts():
    """Runs of code points: bare, between letters, and (for marks, symbols, spaces...) one by one."""
    bare, letters, single = [], [], []
    for first, last, step in swept_blocks():
        cps = [c for c in range(first, last + 1, step) if not is_surrogate(c)]
        for i in range(0, len(cps), 16):
            bare.append("".join(chr(c) for c in cps[i:i + 16]))
        dense = step == 1 and not 0x3400 <= first < 0xA000 and not 0xAC00 <= first < 0xF900
        if dense:
            for i in range(0, len(cps), 16):
                letters.append("is" + "it".join(chr(c) for c in cps[i:i + 16]) + "Is")
            special = [c for c in cps if unicodedata.category(chr(c))[0] in "MPSZC" and unicodedata.category(chr(c)) not in ("Cn", "Co")]
            for i in range(0, len(special), 12):
                single.append(" ".join(f"e{chr(c)} {chr(c)}n" for c in special[i:i + 12]))
    return bare + letters + single


def random_texts(rng, count):
    """Random mixes of characters of many kinds and of words, with a fixed seed."""
    pools = [
        "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789", " " * 8, ".,;:!?'\"()[]{}-_/\\@#$%^&*+=<>|~`",
        "\u00e0\u00e9\u00ee\u00f5\u00fc\u00e7\u00f1\u00df\u00f8\u0142\u0131\u0130\u00c5\u1ec7\u01b0", "\u0300\u0301\u0302\u0303\u0308\u0323\u0327\u0328\u0345\u20d7\u3099\u093c\u05bc\u0e48",
        "\u4e2d\u6587\u5b57\u6771\u4eac\u9fff\u3400\U00020001\uf900", "\u3042\u3044\u30ab\u30fc\u304c\uff76\uff9e", "\uac00\ud55c\u1112\u1161\u11ab\u3131",
        "\u0410\u0431\u0439\u0451\u0416\u0457", "\u0391\u03b2\u03ac\u03c2\u03a3\u1fc3", "\u0627\u0644\u064e\u0651\u0629\u06cc", "\u05d0\u05e9\u05b0\u05c1", "\u0e01\u0e33\u0e37\u0e2d", "\u0915\u094d\u0937\u093f\u0902\u0964",
        "\t\n\r\u00a0\u2003\u3000\u2028\u0085\u1680", "\u0000\u0001\u001f\u007f\u0090\u00ad\u200b\u200d\u200e\u202e\ufeff\ufffd\ue000\U000e0020", "\u2014\u2026\u201c\u201d\u2019\u3002\uff0c\u00bf\u00b7",
        "\u20ac\u00a3\u2122\u00b0\u00d7\u2192\u221e\u2603\u00b2\u00bd\u2160", "\U0001f600\U0001f3fd\u200d\ufe0f\U0001f1e9\u2764\u20e3",
    ]
    weights = [12, 4, 3, 8, 5, 4, 4, 3, 2, 2, 2, 2, 2, 1, 1, 2, 2, 2, 2, 2, 2]
    out = []
    for _ in range(count):
        n = rng.choice([1, 2, 3, 5, 8, 13, 21, 34])
        out.append("".join(rng.choice(p) for p in rng.choices(pools, weights, k=n)))
    glue = [" ", "", "-", "\u0301", "\u200d", ", ", "\n", "\u00a0", "##", "[SEP]", "[MASK] "]
    vocabulary = samples.WORDS + samples.VERBS + [w for _, s in samples.script_sentences() for w in s.split()]
    for _ in range(count // 2):
        words = rng.choices(vocabulary, k=rng.randrange(1, 12))
        out.append("".join(w + rng.choices(glue, [20, 2, 2, 1, 1, 3, 2, 2, 1, 1, 1])[0] for w in words))
    return out


def vocabulary_texts(tokenizer, rng, count):
    """Random pieces of the vocabulary glued into words and lines: longest match far from ordinary text."""
    pieces = [p for p, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1]) if not p.startswith("[")]
    out = []
    for _ in range(count):
        words = ["".join(p.removeprefix("##") for p in rng.choices(pieces, k=rng.choice([1, 1, 1, 2, 2, 3, 5]))) for _ in range(rng.randrange(2, 12))]
        out.append(" ".join(rng.choice([w, w, w.capitalize(), w.upper()]) for w in words))
    return out


def unique(texts):
    return list(dict.fromkeys(texts))


def pick_different(texts, variant, base, limit, rng):
    """About `limit` texts: four fifths where the variant's answer differs from the base's, one fifth where not."""
    differ, same = [], []
    for t in texts:
        if len(t) > 400:
            continue
        v, b = variant.encode(t), base.encode(t)
        (differ if (v.ids, v.offsets) != (b.ids, b.offsets) else same).append(t)
    keep = set(rng.sample(differ, min(limit * 4 // 5, len(differ)))) | set(rng.sample(same, min(limit // 5, len(same))))
    return [t for t in texts if t in keep], len(differ)


def ranges(values):
    """Sorted code points -> [[first, last], ...]."""
    out = []
    for v in values:
        if out and v == out[-1][1] + 1:
            out[-1][1] = v
        else:
            out.append([v, v])
    return out


def code_point_table(out):
    """What each of the 1,112,064 scalar values does in BertNormalizer and BertPreTokenizer, as ranges."""
    clean = normalizers.BertNormalizer(clean_text=True, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    chinese = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=True, strip_accents=False, lowercase=False)
    accents = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    lower = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=True)
    words = pre_tokenizers.BertPreTokenizer()
    kinds = {k: [] for k in ("clean_removed", "clean_to_space", "chinese", "accent_removed", "word_separator_dropped", "punctuation")}
    stripped, lowered = [], []
    for cp in range(0x110000):
        if is_surrogate(cp):
            continue
        c = chr(cp)
        s = f"a{c}b"
        r = clean.normalize_str(s)
        if r == "ab":
            kinds["clean_removed"].append(cp)
        elif r == "a b" and cp != 0x20:
            kinds["clean_to_space"].append(cp)
        elif r != s:
            raise ValueError(f"clean_text maps U+{cp:04X} to {r!r}")
        r = chinese.normalize_str(s)
        if r == f"a {c} b":
            kinds["chinese"].append(cp)
        elif r != s:
            raise ValueError(f"handle_chinese_chars maps U+{cp:04X} to {r!r}")
        r = accents.normalize_str(c)
        if r == "":
            kinds["accent_removed"].append(cp)
        elif r != c and not 0xAC00 <= cp <= 0xD7A3:
            stripped.append([cp, [ord(x) for x in r]])
        r = lower.normalize_str(c)
        if r != c:
            lowered.append([cp, [ord(x) for x in r]])
        p = [w for w, _ in words.pre_tokenize_str(s)]
        if p == ["a", c, "b"]:
            kinds["punctuation"].append(cp)
        elif p == ["a", "b"]:
            kinds["word_separator_dropped"].append(cp)
        elif p != [s]:
            raise ValueError(f"BertPreTokenizer splits U+{cp:04X} into {p!r}")
    records = [{"kind": k, "ranges": ranges(v)} for k, v in kinds.items()]
    records.append({"kind": "strip_accents_to", "hangul_syllables": "U+AC00..U+D7A3 decompose to their jamo and are left out", "map": stripped})
    records.append({"kind": "lowercase_to", "map": lowered})
    write_lines(out / "code_points.jsonl", records)


def make_added(out, rng):
    """A tiny tokenizer with added tokens of every flag, and its goldens."""
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces += list("abcdefghijklmnopqrstuvwxyz0123456789.,!?-<>[]#@_") + ["##" + c for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
    pieces += ["the", "cat", "sat", "on", "mat", "##ing", "##s", "new", "york", "\u4e2d", "\u6587", "left", "right", "both", "word", "cafe"]
    t = Tokenizer(models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]", max_input_chars_per_word=20))
    t.normalizer = normalizers.BertNormalizer()
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece()
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    t.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    t.add_special_tokens([AddedToken("[MASK]", lstrip=True, normalized=False)])  # as RoBERTa's <mask>
    flagged = {
        "<l>": dict(lstrip=True, normalized=False), "<r>": dict(rstrip=True, normalized=False), "<lr>": dict(lstrip=True, rstrip=True, normalized=False),
        "<w>": dict(single_word=True, normalized=False), "<plain>": dict(normalized=False),
        "<NL>": dict(lstrip=True, normalized=True), "<NR>": dict(rstrip=True, normalized=True), "<NLR>": dict(lstrip=True, rstrip=True, normalized=True),
        "solo": dict(single_word=True, normalized=True), "Raw": dict(single_word=True, normalized=False),
        "Caf\u00e9Bar": dict(normalized=True), "New York": dict(normalized=True), "New York City": dict(normalized=True),
        "na\u00efve": dict(normalized=False), "\u4e2d\u6587": dict(normalized=True), "\u6771\u4eac": dict(normalized=False), "ab": dict(normalized=False), "abc": dict(normalized=False),
        "two  spaces": dict(normalized=False), "solo_l": dict(single_word=True, lstrip=True, normalized=True),
        "##ed": dict(normalized=False), "...": dict(normalized=False),
    }
    t.add_tokens([AddedToken(text, **flags) for text, flags in flagged.items()])
    t.add_special_tokens([AddedToken("<|end|>", rstrip=True, normalized=True)])
    directory = out / "added"
    directory.mkdir(parents=True, exist_ok=True)
    t.save(str(directory / "tokenizer.json"), pretty=False)
    t = Tokenizer.from_file(str(directory / "tokenizer.json"))

    names = list(flagged) + ["[MASK]", "[CLS]", "[SEP]", "[PAD]", "[UNK]", "<|end|>"]
    texts = ["", " ", "the cat sat on the mat"]
    for n in names:
        texts += [n, f" {n} ", f"the{n}cat", f"the {n} cat", f"the  \t{n}\n\u3000 cat", f"{n}{n}", f"{n} {n}", n.lower() + " " + n.upper(), f"\u00e9{n}\u0301.", f"_{n}_ -{n}- 1{n}1"]
    texts += ["caf\u00e9bar CAFEBAR Cafe\u0301Bar", "new york new  york NEW YORK CITY new york cityscape", "abcd abab xabcx ab c", "na\u00efve na\u00efvely nai\u0308ve NA\u00cfVE",
              "\u4e2d\u6587\u4e2d \u6771\u4eac\u6771", "solos solo. (solo) \u4e2dsolo\u4e2d solo\u0301 so\u0301lo", "raw Raw RAW Raws", "....... .. ...", "walk##ed ##ed", "two spaces two  spaces two   spaces"]
    gaps = ["", " ", "  ", "\t", "\u00a0", "\u3000", "\n", "\u0000", "\u0301", ".", "a", "\u00e9"]
    for _ in range(120):
        parts = []
        for _ in range(rng.randrange(2, 7)):
            parts += [rng.choice(names + ["the", "Cat", "s\u00e0t", "\u4e2d"]), rng.choice(gaps)]
        texts.append("".join(parts))
    texts = unique(texts)
    write_lines(directory / "golden.jsonl", (encode(t, x) for x in texts))
    return len(texts)


def make_truncation(out, tokenizer_path, rng):
    """Long texts cut to 256, 8 and 2 tokens (special tokens count)."""
    texts = [samples.paragraph(rng, n) for n in (1, 10, 15, 18, 22, 25, 30, 40, 50)]
    texts += ["\u6771\u4eac\u4e2d\u6587\u5b57" * n for n in (1, 50, 51, 60)] + ["word " * n for n in (6, 7, 253, 254, 255, 300)]
    texts += ["caf\u00e9[SEP] \U0001f600 na\u00efve " * 60, "unaffable-" * 90, "", "a", "x" * 101 + " y" * 300, "\uac00\uac01 " * 100]
    records = []
    for text in texts:
        record = {"text": text}
        for limit in (256, 8, 2):
            tokenizer, _ = load_tokenizer(tokenizer_path)
            full = len(tokenizer.encode(text).ids)
            tokenizer.enable_truncation(limit)
            e = tokenizer.encode(text)
            record["full"] = full
            record[str(limit)] = {"ids": e.ids, "offsets": flat_byte_offsets(text, e.offsets)}
        records.append(record)
    write_lines(out / "truncation.jsonl", records)
    return len(records)


def write_reduced(out, source):
    """bert_reduced/tokenizer.json: the model's tokenizer with only the pieces that the goldens use, ids unchanged
    (so with gaps). Greedy longest match gives the same answer as with the full vocabulary for these texts: the
    piece it takes is there, and a longer one was not there before either. Tests then need no model."""
    spec = json.loads(source.read_text(encoding="utf-8"))
    used = {token["id"] for token in spec["added_tokens"]}
    files = sorted(out.glob("bert_*.jsonl")) + [out / "truncation.jsonl"]
    for path in files:
        for record in read_lines(path):
            used.update(record.get("ids", []))
            used.update(i for limit in ("256", "8", "2") if limit in record for i in record[limit]["ids"])
    vocabulary = sorted(spec["model"]["vocab"].items(), key=lambda item: item[1])
    spec["model"]["vocab"] = {piece: i for piece, i in vocabulary if i in used}
    path = out / "bert_reduced" / "tokenizer.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(spec, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    for golden in sorted(out.glob("bert_*.jsonl")):
        records = read_lines(golden)
        tokenizer, _ = load_tokenizer(path, records[0].get("normalizer"))
        for r in records:
            if "text" in r and encode(tokenizer, r["text"]) != r:
                raise ValueError(f"{golden}: the reduced vocabulary changes {r['text']!r}")
    print(f"{path}: {len(spec['model']['vocab'])} pieces, {path.stat().st_size} bytes, same answers")


def check(path, minimum):
    """Reloads a file: offsets ordered, inside the text, on character boundaries; as many as ids."""
    records = [r for r in read_lines(path) if "text" in r]
    if len(records) < minimum or len({r["text"] for r in records}) != len(records):
        raise ValueError(f"{path}: {len(records)} records, expected {minimum} different ones")
    for r in records:
        starts = set(byte_starts(r["text"]))
        offsets = r["offsets"]
        if len(offsets) != 2 * len(r["ids"]) or not all(o in starts for o in offsets):
            raise ValueError(f"{path}: bad offsets for {r['text']!r}")
        if any(b > e for b, e in zip(offsets[::2], offsets[1::2])):
            raise ValueError(f"{path}: reversed offsets for {r['text']!r}")
    print(f"{path}: {len(records)} records, {path.stat().st_size} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="BERT model directory with tokenizer.json")
    parser.add_argument("--out", type=Path, default=Path("tests/golden/tokens"))
    parser.add_argument("--seed", type=int, default=20240)
    args = parser.parse_args()
    rng = random.Random(args.seed)
    source = args.model / "tokenizer.json"
    args.out.mkdir(parents=True, exist_ok=True)
    print("tokenizers", tokenizers.__version__, "Python's Unicode", unicodedata.unidata_version)

    base, base_normalizer = load_tokenizer(source)
    talk = unique(special_texts() + sentence_texts(rng) + random_texts(rng, 900))
    texts = unique(talk + vocabulary_texts(base, rng, 350) + sweep_texts())
    write_lines(args.out / "bert_uncased.jsonl", (encode(base, t) for t in texts))
    check(args.out / "bert_uncased.jsonl", 5500)

    variants = {
        "cased": {"lowercase": False, "strip_accents": None},
        "cased_stripped": {"lowercase": False, "strip_accents": True},
        "uncased_accents": {"lowercase": True, "strip_accents": False},
        "no_chinese": {"handle_chinese_chars": False},
        "no_clean": {"clean_text": False},
    }
    for name, change in variants.items():
        tokenizer, settings = load_tokenizer(source, change)
        chosen, differing = pick_different(texts, tokenizer, base, 420, rng)
        path = args.out / f"bert_{name}.jsonl"
        write_lines(path, [{"normalizer": settings}] + [encode(tokenizer, t) for t in chosen])
        print(f"{name}: {differing} of {len(texts)} texts differ from the default")
        check(path, 300)

    make_added(args.out, rng)
    check(args.out / "added" / "golden.jsonl", 200)
    print("truncation:", make_truncation(args.out, source, rng), "records")
    code_point_table(args.out)
    write_reduced(args.out, source)


if __name__ == "__main__":
    main()
