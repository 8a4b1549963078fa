"""One peer of the encoder race: reads commands on standard input (see harness.py).

    time FILE REPEATS    run a batch file so many times -> {"cpu_s": [...], "wall_s": [...]}
    vectors FILE OUT     write its vectors, [N, 384] f32, in the order of the texts
    stats                {"peak_rss_mib"}

Padding the ids into arrays is not timed, and reading the vectors out is not needed: only the graph from ids to unit
vectors is timed.
"""

import argparse
import json
import pathlib
import resource
import sys
import time

import numpy
import workloads


def load_ort(model, variant):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.enable_cpu_mem_arena = True
    name = "model.optimized.onnx" if variant.startswith("fused") else "model.onnx"
    session = onnxruntime.InferenceSession(str(model / name), options, providers=["CPUExecutionProvider"])

    if not variant.endswith("+binding"):
        return lambda feeds: session.run(None, feeds)[0]

    def run(feeds):
        binding = session.io_binding()
        for key, value in feeds.items():
            binding.bind_cpu_input(key, value)
        binding.bind_output("vectors", "cpu")
        session.run_with_iobinding(binding)
        return binding.get_outputs()[0].numpy()

    return run


def load_openvino(model, variant):
    import openvino

    source, hint = variant.split("+")
    settings = {
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": hint.upper(),
        "NUM_STREAMS": "1",
        "INFERENCE_NUM_THREADS": 1,
    }
    file = model / ("model.xml" if source == "torch" else "model.onnx")
    compiled = openvino.Core().compile_model(str(file), "CPU", settings)
    found = compiled.get_property("INFERENCE_PRECISION_HINT")
    if found != openvino.Type.f32:
        raise SystemExit(f"openvino: expected f32, found {found}")
    request = compiled.create_infer_request()
    return lambda feeds: request.infer(feeds, share_inputs=True, share_outputs=True)[0]


def load_torch(model, variant):
    import export_model
    import torch
    import transformers

    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    module = export_model.Embed(model, variant).eval()

    def run(feeds):
        with torch.inference_mode():
            return module(**{name: torch.from_numpy(value) for name, value in feeds.items()}).numpy()

    return run


def padded(texts):
    longest = max(len(text) for text in texts)
    ids = numpy.zeros((len(texts), longest), numpy.int64)
    mask = numpy.zeros_like(ids)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}


class Peer:
    def __init__(self, run):
        self.run = run
        self.feeds = {}

    def prepare(self, file):
        if file not in self.feeds:
            texts, batches = workloads.load(file)
            self.feeds[file] = (batches, [padded([texts[text] for text in batch]) for batch in batches])
        return self.feeds[file]

    def time(self, file, repeats):
        _, feeds = self.prepare(file)
        cpu, wall = [], []
        for _ in range(int(repeats)):
            wall_began, cpu_began = time.perf_counter(), time.process_time()
            for feed in feeds:
                self.run(feed)
            cpu.append(time.process_time() - cpu_began)
            wall.append(time.perf_counter() - wall_began)
        return {"cpu_s": cpu, "wall_s": wall}

    def vectors(self, file, out):
        batches, feeds = self.prepare(file)
        vectors = None
        for batch, feed in zip(batches, feeds):
            result = self.run(feed)
            if vectors is None:
                vectors = numpy.zeros((sum(map(len, batches)), result.shape[1]), numpy.float32)
            vectors[batch] = result
        vectors.tofile(out)
        return {"rows": len(vectors)}

    def stats(self):
        return {"peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=["ort", "openvino", "torch"])
    parser.add_argument("model", type=pathlib.Path, help="what export_model.py wrote; for torch the model itself")
    parser.add_argument("variant")
    parser.add_argument("first", help="a batch file to run once before saying ready")
    arguments = parser.parse_args()
    load = {"ort": load_ort, "openvino": load_openvino, "torch": load_torch}[arguments.engine]
    peer = Peer(load(arguments.model, arguments.variant))
    peer.time(arguments.first, 1)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        command, *words = line.rstrip("\n").split("\t")
        print(json.dumps(getattr(peer, command)(*words)), flush=True)


if __name__ == "__main__":
    main()
