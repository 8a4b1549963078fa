"""Makes a sentence-transformers directory with the shape of BERT-base and random weights.

Speed does not depend on the weights' values. The tokenizer, pooling and normalisation are copied from a real model.
"""

import pathlib
import shutil

BASE = {"num_hidden_layers": 12, "hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12}
COPIED = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", "modules.json")
SEED = 20261124


def base_model(source, directory):
    """-> the directory, made from `source` if it is not there."""
    import json

    import torch
    import transformers

    out = pathlib.Path(directory) / "bert-base-random"
    if (out / "sentence_bert_config.json").exists():
        return out
    shutil.rmtree(out, ignore_errors=True)
    torch.manual_seed(SEED)
    config = transformers.BertConfig.from_pretrained(source, **BASE)
    transformers.BertModel(config).save_pretrained(out)
    for name in COPIED:
        if (source / name).exists():
            shutil.copyfile(source / name, out / name)
    pooling = json.loads((source / "1_Pooling" / "config.json").read_text())
    for key in ("word_embedding_dimension", "embedding_dimension"):
        if key in pooling:
            pooling[key] = BASE["hidden_size"]
    (out / "1_Pooling").mkdir()
    (out / "1_Pooling" / "config.json").write_text(json.dumps(pooling, indent=1))
    limits = {"max_seq_length": config.max_position_embeddings, "do_lower_case": False}
    (out / "sentence_bert_config.json").write_text(json.dumps(limits))  # last: it says that the rest is complete
    return out
