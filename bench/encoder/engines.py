"""Who races: engines, their precisions, and the settings that each tries before the race."""

import ctypes
import pathlib
import struct
import sys
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent

TITLES = {
    "sememe": "sememe",
    "ort": "ONNX Runtime",
    "openvino": "OpenVINO",
    "torch": "torch",
    "ctranslate2": "CTranslate2",
    "llama.cpp": "llama.cpp",
}
DISTRIBUTIONS = ("onnxruntime", "openvino", "nncf", "torch", "transformers", "ctranslate2")

SEMEME_PRECISIONS = ("exact", "near", "fast")

CLASSES = ("f32", "16 bits", "8 bits")
CLASS_OF = {"exact": "f32", "f32": "f32", "near": "16 bits", "bf16": "16 bits", "int16": "16 bits"}  # else 8 bits

# One thread everywhere by default: each variant is a way to run the same weights at that precision.
VARIANTS = {
    ("ort", "f32"): ("fused", "plain"),
    ("ort", "int8"): ("matmul", "all"),
    ("openvino", "f32"): ("torch", "onnx", "torch+static"),
    ("openvino", "bf16"): ("torch", "torch+static"),
    ("openvino", "int8"): ("symmetric", "mixed", "symmetric+static", "mixed+static"),
    ("openvino", "int8 + bf16"): ("symmetric", "mixed", "symmetric+static", "mixed+static"),
    ("torch", "f32"): ("eager", "compiled"),
    ("torch", "bf16"): ("eager", "compiled", "compiled+static"),
    ("ctranslate2", "f32"): ("default", "avx512"),
    ("ctranslate2", "int16"): ("default", "avx512"),
    ("ctranslate2", "int8"): ("avx512", "default", "avx512+onednn"),
    ("llama.cpp", "q8_0"): ("flash", "plain"),
}

# A machine with more instructions than AVX-512 VNNI is made to look like one without. `env` is what engines offer
# themselves; ONNX Runtime and MKL offer nothing, so the kernel is made to refuse the permission for AMX tiles.
CAPS = {
    "vnni": {
        "env": {
            "SEMEME_ISA": "avx512",
            "ONEDNN_MAX_CPU_ISA": "AVX512_CORE_VNNI",
            "MKL_ENABLE_INSTRUCTIONS": "AVX512_E1",
        },
        "without": {"bf16": "bf16 is emulated below AVX512_BF16", "int8 + bf16": "bf16 is emulated below AVX512_BF16"},
        "llama": "libggml-cpu-icelake.so",
    }
}


@dataclass(frozen=True)
class Entry:
    """One column of the tables."""

    engine: str
    precision: str
    variants: tuple

    @property
    def name(self):
        return f"{self.engine} {self.precision}"

    @property
    def title(self):
        return f"{TITLES[self.engine]} {self.precision}"

    @property
    def kind(self):
        return CLASS_OF.get(self.precision, "8 bits")


def entries(engines, threads, quick):
    """sememe first, then the peers. With several threads each variant of a peer is tried in two ways: all threads in
    one call, or `workers`, each with a call of its own."""
    found = [Entry("sememe", precision, ("packed",)) for precision in SEMEME_PRECISIONS]
    for (engine, precision), variants in VARIANTS.items():
        variants = variants[:1] if quick else variants
        if threads > 1 and engine != "llama.cpp":
            variants += tuple(f"{variant}+workers" for variant in variants)
        found.append(Entry(engine, precision, variants))
    return [entry for entry in found if entry.engine in engines]


def takes(entry, variant, workload, way, shapes):
    """Whether a variant is tried on a way to batch a workload that has so many shapes."""
    words = variant.split("+")
    if entry.engine == "llama.cpp" and workload not in ("1x16", "1x128"):
        return way in ("1 text", "4 texts")  # attention spans the whole batch: 32 texts cost 30 times as much
    if "static" in words and entry.engine == "torch":
        return way == "whole"  # each shape compiles for ten seconds
    return "static" not in words or shapes <= 2


def environment(entry, variant, threads, cap):
    words = variant.split("+")
    each = 1 if "workers" in words else threads
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
    settings = {name: str(each) for name in names} | {"TOKENIZERS_PARALLELISM": "false"}
    if cap:
        settings |= CAPS[cap]["env"]
    if "avx512" in words:
        settings["CT2_FORCE_CPU_ISA"] = "AVX512"
    if "onednn" in words:
        settings["CT2_USE_MKL"] = "0"
    return settings


def command(entry, variant, race, first):
    if entry.engine == "sememe":
        return [race.program("encoder_race"), race.model, first, entry.precision, race.threads]
    if entry.engine == "llama.cpp":
        backend = race.llama_cpp / "lib" / (CAPS[race.cap]["llama"] if race.cap else "")
        return [race.program("llama_peer"), race.peers / "model.q8_0.gguf", first, backend, race.threads, variant]
    peer = [sys.executable, HERE / "peer.py", entry.engine, race.peers]
    return peer + [entry.precision, variant, race.threads, first]


def why_not(entry, race):
    """Why an entry cannot start at all, or None."""
    if race.cap and entry.precision in CAPS[race.cap]["without"]:
        return CAPS[race.cap]["without"][entry.precision]
    if entry.engine == "llama.cpp" and not (race.llama_cpp and race.program("llama_peer").exists()):
        return "its packages were not to be had (run.sh says why)"
    if entry.engine == "llama.cpp" and not (race.peers / "model.q8_0.gguf").exists():
        return "the export to GGUF failed"
    return None


_ARCH_PRCTL, _ARCH_REQ_XCOMP_PERM = 158, 0x1023  # asm/unistd_64.h, asm/prctl.h
_AUDIT_ARCH_X86_64, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 0xC000003E, 22, 38


def forbid_tiles():
    """Runs in a child process before its program: arch_prctl(ARCH_REQ_XCOMP_PERM) will fail with EPERM there, as it
    does on a kernel or processor without AMX."""
    load, jump_equal, answer = 0x20, 0x15, 0x06
    allow, refuse = 0x7FFF0000, 0x00050001
    filters = [
        (load, 0, 0, 4),  # architecture
        (jump_equal, 0, 5, _AUDIT_ARCH_X86_64),
        (load, 0, 0, 0),  # system call
        (jump_equal, 0, 3, _ARCH_PRCTL),
        (load, 0, 0, 16),  # its first argument
        (jump_equal, 0, 1, _ARCH_REQ_XCOMP_PERM),
        (answer, 0, 0, refuse),
        (answer, 0, 0, allow),
    ]
    code = b"".join(struct.pack("HBBI", *each) for each in filters)
    held = ctypes.create_string_buffer(code, len(code))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(filters), ctypes.addressof(held)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_SECCOMP, 2, program, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp filter refused")
