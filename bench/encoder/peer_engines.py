"""The peers of the encoder race. An engine takes a padded batch through two steps:

    prepare(feed) -> what run wants; not timed, like the padding itself
    run(prepared, worker) -> unit vectors, [B, H] f32; timed

`feed` holds input_ids, attention_mask and token_type_ids, [B, T] int64. `workers` calls of run may be under way at a
time, each with its own number; the engine shares its threads out among them. A variant is a few words joined by +,
described at the class that reads them. Unable says why an engine cannot run here.
"""

import pathlib
from dataclasses import dataclass

import numpy


class Unable(Exception):
    pass


@dataclass
class Setting:
    source: pathlib.Path  # what export_model.py wrote; holds model.txt, the path of the original
    precision: str
    words: list[str]
    threads: int
    workers: int = 1

    @property
    def threads_each(self):
        return self.threads // self.workers

    def has(self, word):
        return word in self.words

    def file(self, name):
        path = self.source / name
        if not path.exists():
            raise Unable(f"{path.name} is missing: its export failed")
        return path

    def model(self):
        return pathlib.Path((self.source / "model.txt").read_text())


class OnnxRuntime:
    """fused, plain: which f32 graph. all, matmul: which operators are int8, the token embedding or only products."""

    FILES = {
        "fused": "model.optimized.onnx",
        "plain": "model.onnx",
        "all": "int8.all.onnx",
        "matmul": "int8.matmul.onnx",
    }

    def __init__(self, setting):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = setting.threads_each
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.enable_cpu_mem_arena = True
        path = setting.file(self.FILES[setting.words[0]])
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def prepare(self, feed):
        return feed

    def run(self, feed, worker):
        return self.session.run(None, feed)[0]


class OpenVino:
    """torch, onnx: where the f32 graph comes from. mixed, symmetric: NNCF's presets for int8 activations.
    static: a compiled model for each shape instead of one for all. Precision "int8 + bf16": what is not int8 is bf16.
    """

    FILES = {"torch": "model.xml", "onnx": "model.onnx", "mixed": "int8.mixed.xml", "symmetric": "int8.symmetric.xml"}
    HINTS = {"f32": "f32", "bf16": "bf16", "int8": "f32", "int8 + bf16": "bf16"}

    def __init__(self, setting):
        import openvino

        self.core = openvino.Core()
        self.hint = self.HINTS[setting.precision]
        self.workers = setting.workers
        self.settings = {
            "INFERENCE_PRECISION_HINT": self.hint,
            "PERFORMANCE_HINT": "THROUGHPUT" if setting.workers > 1 else "LATENCY",
            "NUM_STREAMS": str(setting.workers),
            "INFERENCE_NUM_THREADS": setting.threads,
        }
        path = setting.file(self.FILES[setting.words[0]])
        self.static = setting.has("static")
        if self.static:
            self.model = self.core.read_model(str(path))
            self.requests = {}
        else:
            cache = {"CACHE_DIR": str(setting.source / "openvino-cache")}  # halves the time to start
            self.requests = {None: self.compile(str(path), cache)}

    def compile(self, model, settings={}):
        compiled = self.core.compile_model(model, "CPU", self.settings | settings)
        found = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        if found != self.hint:
            raise Unable(f"asked for {self.hint} arithmetic, OpenVINO uses {found} on this processor")
        return [compiled.create_infer_request() for _ in range(self.workers)]

    def prepare(self, feed):
        if not self.static:
            return None, feed
        shape = feed["input_ids"].shape
        if shape not in self.requests:
            model = self.model.clone()
            model.reshape({port: list(shape) for port in model.inputs})
            self.requests[shape] = self.compile(model)
        return shape, feed

    def run(self, prepared, worker):
        shape, feed = prepared
        return self.requests[shape][worker].infer(feed, share_inputs=True, share_outputs=True)[0]


class Torch:
    """eager; compiled: torch.compile with frozen weights, one graph for all shapes. static: a graph for each shape."""

    def __init__(self, setting):
        import export_model
        import torch
        import transformers

        transformers.logging.set_verbosity_error()
        transformers.logging.disable_progress_bar()
        self.torch = torch
        self.threads = setting.threads_each
        torch.set_num_threads(self.threads)
        dtype = {"f32": torch.float32, "bf16": torch.bfloat16}[setting.precision]
        self.module = export_model.Embed(setting.model(), "sdpa").eval().to(dtype)
        if setting.has("compiled"):
            torch._inductor.config.freezing = True
            torch._dynamo.config.cache_size_limit = 64
            self.module = torch.compile(self.module, dynamic=not setting.has("static"))

    def prepare(self, feed):
        return {name: self.torch.from_numpy(value) for name, value in feed.items()}

    def run(self, tensors, worker):
        if worker > 0:  # a thread of its own has its own number of OpenMP threads
            self.torch.set_num_threads(self.threads)
        with self.torch.inference_mode():
            return self.module(**tensors).float().numpy()


class CTranslate2:
    """default; avx512: the code of that level, which it does not choose by itself; onednn: oneDNN's products instead of
    MKL's. engines.py turns the words into CTranslate2's environment variables. Mean and norm are numpy's.
    """

    def __init__(self, setting):
        import ctranslate2

        self.ctranslate2 = ctranslate2
        kind = {"f32": "float32"}.get(setting.precision, setting.precision)
        try:
            self.encoder = ctranslate2.Encoder(
                str(setting.file(f"ctranslate2.{kind}")),
                device="cpu",
                compute_type=kind,
                inter_threads=setting.workers,
                intra_threads=setting.threads_each,
            )
        except ValueError as error:
            raise Unable(str(error)) from error

    def prepare(self, feed):
        view = lambda array: self.ctranslate2.StorageView.from_array(array.astype(numpy.int32))
        mask = feed["attention_mask"]
        weights = (mask / mask.sum(1, keepdims=True)).astype(numpy.float32)[:, None, :]
        return view(feed["input_ids"]), view(mask.sum(1)), weights

    def run(self, prepared, worker):
        ids, lengths, weights = prepared
        states = numpy.asarray(self.encoder.forward_batch(ids, lengths).last_hidden_state)
        vectors = numpy.matmul(weights, states)[:, 0]
        return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)


ENGINES = {"ort": OnnxRuntime, "openvino": OpenVino, "torch": Torch, "ctranslate2": CTranslate2}


def load(engine, source, precision, variant, threads):
    words = variant.split("+")
    workers = threads if "workers" in words else 1
    return ENGINES[engine](Setting(pathlib.Path(source), precision, words, threads, workers)), workers
