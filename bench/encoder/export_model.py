"""Turns a sentence-transformers directory into what the peers load.

One graph from token ids to unit vectors (encoder, masked mean, L2 norm), so that every contender does the same work:
  model.onnx            as torch exports it
  model.optimized.onnx  after onnxruntime.transformers.optimizer: BERT operators fused, still f32
  model.xml             the same module converted by OpenVINO straight from torch, weights kept in f32
"""

import argparse
import json
import pathlib
import warnings

import torch
import transformers


class Embed(torch.nn.Module):
    """input_ids, attention_mask, token_type_ids [B, T] -> unit vectors [B, H]."""

    def __init__(self, directory, attention):
        super().__init__()
        self.encoder = transformers.BertModel.from_pretrained(
            directory, add_pooling_layer=False, attn_implementation=attention, dtype=torch.float32
        )

    def forward(self, input_ids, attention_mask, token_type_ids):
        states = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1e-9)
        return torch.nn.functional.normalize(mean, p=2, dim=1)


INPUTS = ["input_ids", "attention_mask", "token_type_ids"]


def example():
    ids = torch.randint(1000, 20000, (2, 16))
    mask = torch.ones_like(ids)
    mask[1, 10:] = 0
    return ids, mask, torch.zeros_like(ids)


def check_pooling(directory):
    config = json.loads((directory / "1_Pooling" / "config.json").read_text())
    if config.get("pooling_mode", "mean" if config.get("pooling_mode_mean_tokens") else "other") != "mean":
        raise SystemExit(f"{directory}: expected mean pooling, found {config}")


def export_onnx(directory, out):
    dynamic = {name: {0: "batch", 1: "tokens"} for name in INPUTS}
    dynamic["vectors"] = {0: "batch"}
    with torch.inference_mode():
        torch.onnx.export(
            Embed(directory, "eager").eval(),
            example(),
            str(out / "model.onnx"),
            input_names=INPUTS,
            output_names=["vectors"],
            dynamic_axes=dynamic,
            opset_version=17,
            dynamo=False,
        )


def optimize_onnx(config, out):
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions("bert")
    options.enable_gelu_approximation = False  # the exact GELU, as in the checkpoint
    model = optimizer.optimize_model(
        str(out / "model.onnx"),
        model_type="bert",
        num_heads=config["num_attention_heads"],
        hidden_size=config["hidden_size"],
        optimization_options=options,
        opt_level=1,
        use_gpu=False,
    )
    model.save_model_to_file(str(out / "model.optimized.onnx"))
    return {name: count for name, count in model.get_fused_operator_statistics().items() if count}


def convert_openvino(directory, out):
    import openvino

    with torch.inference_mode():
        model = openvino.convert_model(Embed(directory, "sdpa").eval(), example_input=example())
    for port, name in zip(model.inputs, INPUTS):
        port.get_tensor().set_names({name})
    openvino.save_model(model, str(out / "model.xml"), compress_to_fp16=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    arguments = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    warnings.simplefilter("ignore")
    config = json.loads((arguments.model / "config.json").read_text())
    check_pooling(arguments.model)
    arguments.out.mkdir(parents=True, exist_ok=True)
    export_onnx(arguments.model, arguments.out)
    fused = optimize_onnx(config, arguments.out)
    convert_openvino(arguments.model, arguments.out)
    (arguments.out / "exported.json").write_text(json.dumps({"fused_operators": fused}))


if __name__ == "__main__":
    main()
