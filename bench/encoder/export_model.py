"""Turns a sentence-transformers directory into what the peers load.

One graph from token ids to unit vectors (encoder, masked mean, L2 norm), so that every contender does the same work:
  model.onnx              as torch exports it
  model.optimized.onnx    after onnxruntime.transformers.optimizer: BERT operators fused, still f32
  model.xml               the same module converted by OpenVINO straight from torch, weights kept in f32
  int8.{all,matmul}.onnx  the optimized graph after quantize_dynamic, a scale for each channel: QAttention and int8
                          products, with or without the token embedding
  int8.{mixed,symmetric}.xml   the OpenVINO graph after NNCF with calibration texts: either preset for activations
And for those that read no graph:
  ctranslate2.*           CTranslate2's directory for each type of number
  model.q8_0.gguf         for llama.cpp, by the converter of its own release
  model.txt               the path of the original, for torch

exported.json says what became of each; a format whose export fails is left out of the race.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import time
import traceback
import warnings

import numpy
import torch
import transformers
import workloads

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


class Embed(torch.nn.Module):
    """input_ids, attention_mask, token_type_ids [B, T] -> unit vectors [B, H]; mean and norm are f32 always."""

    def __init__(self, directory, attention):
        super().__init__()
        self.encoder = transformers.BertModel.from_pretrained(
            directory, add_pooling_layer=False, attn_implementation=attention, dtype=torch.float32
        )

    def forward(self, input_ids, attention_mask, token_type_ids):
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        if states.dtype != torch.float32:
            states = states.float()
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, p=2, dim=1)


def example():
    ids = torch.randint(1000, 20000, (2, 16))
    mask = torch.ones_like(ids)
    mask[1, 10:] = 0
    return ids, mask, torch.zeros_like(ids)


def check_pooling(directory):
    config = json.loads((directory / "1_Pooling" / "config.json").read_text())
    if config.get("pooling_mode", "mean" if config.get("pooling_mode_mean_tokens") else "other") != "mean":
        raise SystemExit(f"{directory}: expected mean pooling, found {config}")


class Export:
    def __init__(self, arguments):
        self.model = arguments.model
        self.out = arguments.out
        self.calibration = arguments.calibration
        self.llama_cpp = arguments.llama_cpp
        self.config = json.loads((self.model / "config.json").read_text())

    def onnx(self):
        dynamic = {name: {0: "batch", 1: "tokens"} for name in INPUTS}
        dynamic["vectors"] = {0: "batch"}
        with torch.inference_mode():
            torch.onnx.export(
                Embed(self.model, "eager").eval(),
                example(),
                str(self.out / "model.onnx"),
                input_names=INPUTS,
                output_names=["vectors"],
                dynamic_axes=dynamic,
                opset_version=17,
                dynamo=False,
            )

    def optimized_onnx(self):
        from onnxruntime.transformers import optimizer
        from onnxruntime.transformers.fusion_options import FusionOptions

        options = FusionOptions("bert")
        options.enable_gelu_approximation = False  # the exact GELU, as in the checkpoint
        model = optimizer.optimize_model(
            str(self.out / "model.onnx"),
            model_type="bert",
            num_heads=self.config["num_attention_heads"],
            hidden_size=self.config["hidden_size"],
            optimization_options=options,
            opt_level=1,
            use_gpu=False,
        )
        model.save_model_to_file(str(self.out / "model.optimized.onnx"))
        return {name: count for name, count in model.get_fused_operator_statistics().items() if count}

    def int8_onnx(self):
        import onnx
        from onnxruntime.quantization import QuantType, quantize_dynamic

        found = {}
        for name, operators in {"all": None, "matmul": ["MatMul", "Attention"]}.items():
            path = self.out / f"int8.{name}.onnx"
            quantize_dynamic(
                str(self.out / "model.optimized.onnx"),
                str(path),
                op_types_to_quantize=operators,
                per_channel=True,
                weight_type=QuantType.QInt8,
                # Fused operators have no shape inference, so the quantiser is told that they give floats.
                extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
            )
            kinds = [node.op_type for node in onnx.load(str(path)).graph.node]
            found[name] = {kind: kinds.count(kind) for kind in ("QAttention", "MatMulInteger")}
            if min(found[name].values()) == 0:
                raise RuntimeError(f"expected int8 attention and int8 products, found {found[name]}")
        return found

    def openvino(self):
        import openvino

        with torch.inference_mode():
            model = openvino.convert_model(Embed(self.model, "sdpa").eval(), example_input=example())
        for port, name in zip(model.inputs, INPUTS):
            port.get_tensor().set_names({name})
        openvino.save_model(model, str(self.out / "model.xml"), compress_to_fp16=False)

    def openvino_int8(self):
        import nncf
        import openvino

        def feed(ids):
            ids = numpy.array([ids], numpy.int64)
            return dict(zip(INPUTS, (ids, numpy.ones_like(ids), numpy.zeros_like(ids))))

        texts = workloads.load(self.calibration)[0]
        presets = {"mixed": nncf.QuantizationPreset.MIXED, "symmetric": nncf.QuantizationPreset.PERFORMANCE}
        for name, preset in presets.items():
            model = nncf.quantize(
                openvino.Core().read_model(str(self.out / "model.xml")),
                nncf.Dataset([feed(text) for text in texts]),
                model_type=nncf.ModelType.TRANSFORMER,
                preset=preset,
                subset_size=len(texts),
            )
            openvino.save_model(model, str(self.out / f"int8.{name}.xml"), compress_to_fp16=False)
        return {"calibration_texts": len(texts)}

    def ctranslate2(self):
        from ctranslate2.converters import TransformersConverter

        for kind in ("float32", "int16", "int8"):
            TransformersConverter(str(self.model)).convert(
                str(self.out / f"ctranslate2.{kind}"), quantization=None if kind == "float32" else kind, force=True
            )

    def gguf(self):
        if not self.llama_cpp:
            raise RuntimeError("no llama.cpp")
        converter = self.llama_cpp / "source" / "convert_hf_to_gguf.py"
        command = [sys.executable, converter, self.model, "--outtype", "q8_0"]
        command += ["--outfile", self.out / "model.q8_0.gguf"]
        subprocess.run(command, check=True, capture_output=True, text=True)


FORMATS = ("onnx", "optimized_onnx", "int8_onnx", "openvino", "openvino_int8", "ctranslate2", "gguf")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("calibration", type=pathlib.Path, help="a batch file (workloads.py): what NNCF looks at")
    parser.add_argument("--llama-cpp", type=pathlib.Path)
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    warnings.simplefilter("ignore")
    check_pooling(arguments.model)
    shutil.rmtree(arguments.out, ignore_errors=True)
    arguments.out.mkdir(parents=True)
    (arguments.out / "model.txt").write_text(str(arguments.model.resolve()))
    export, report = Export(arguments), {}
    for name in FORMATS:
        began = time.perf_counter()
        try:
            report[name] = {"made": getattr(export, name)() or True}
        except Exception as error:  # whatever a converter throws: its engine is left out, the others race
            traceback.print_exc()
            report[name] = {"failed": f"{type(error).__name__}: {error}"}
        report[name]["seconds"] = round(time.perf_counter() - began, 1)
        print(f"{name}: {report[name]}", file=sys.stderr)
    (arguments.out / "exported.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
