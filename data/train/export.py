"""Writes trained weights as the program reads them: safetensors in f16, and their JSON."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

import clip as clip_net
import train_clip
import train_gpt
import train_vq
from words import Tokenizer

SAMPLING = {"temperature": .6, "top_k": 48, "guidance": 1.5}


def write_safetensors(tensors: dict[str, Tensor], path: Path) -> None:
    """The header, by name; then the weights in f16, each after the other [huggingface/safetensors, README]."""
    header: dict[str, Any] = {}
    parts = []
    offset = 0
    for name, tensor in sorted(tensors.items()):
        if not torch.isfinite(tensor).all() or tensor.abs().max() > 60000:
            raise ValueError(f"{name}: a weight does not fit into f16")
        data = tensor.detach().cpu().to(torch.float16).contiguous().numpy().tobytes()
        header[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def write_json(value: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def copy_words(folder: Path, output: Path) -> Tokenizer:
    output.mkdir(parents=True, exist_ok=True)
    for name in ("vocab.json", "merges.txt"):
        shutil.copyfile(folder / name, output / name)
    return Tokenizer(folder)


def export_dalle(cache: Path, output: Path, seen: list[str]) -> None:
    """minDALL-E's layout: the picture tokenizer, the GPT, and the words; and which of them stood in captions."""
    device = torch.device("cpu")
    vqgan, gpt = train_vq.load_model(cache / "vq.pt", device), train_gpt.load_model(cache / "gpt.pt", device)
    words = copy_words(cache / "words", output)
    write_safetensors(vqgan.state_dict(), output / "stage1.safetensors")
    write_safetensors(gpt.state_dict(), output / "stage2.safetensors")
    size, net = vqgan.size, gpt.size
    write_json({
        "format": "mindalle", "model_type": "mindalle",
        "stage1": {"file": "stage1.safetensors", "type": "vqgan", "resolution": size.side, "in_channels": 3, "out_ch": 3,
                   "ch": size.channels, "ch_mult": list(size.multiples), "num_res_blocks": size.blocks,
                   "attn_resolutions": [], "z_channels": size.latent, "embed_dim": size.width, "n_embed": size.codes,
                   "double_z": False, "norm_num_groups": size.groups, "norm_eps": 1e-6,
                   "token_grid": [size.grid, size.grid]},
        "stage2": {"file": "stage2.safetensors", "type": "gpt", "embed_dim": net.width, "n_layers": net.layers,
                   "n_heads": net.heads, "ctx_len_txt": net.words, "ctx_len_img": net.tokens,
                   "vocab_size_txt": net.text_vocab, "vocab_size_img": net.image_vocab, "mlp_ratio": 4,
                   "hidden_act": "gelu", "layer_norm_eps": 1e-5, "head_bias": False},
        "tokenizer": {"type": "clip_bpe", "vocab": "vocab.json", "merges": "merges.txt", "lowercase": True,
                      "add_start": False, "add_end": False, "pad_token": "<|endoftext|>", "pad_id": words.end,
                      "bos_id": words.start, "eos_id": words.end, "length": net.words},
        "sampling_defaults": {**SAMPLING, "uncond": f"{net.words} x pad_id",
                              "guidance_formula": "logits = uncond + s*(cond-uncond), before temperature and top-k"},
        "language": "en",
        "pixels": "clamp(x*0.5+0.5, 0, 1)"}, output / "config.json")
    (output / "words.txt").write_text("\n".join([*seen, ""]), encoding="utf-8")


def export_clip(cache: Path, output: Path) -> None:
    """Hugging Face's CLIPModel."""
    model = train_clip.load_model(cache / "clip.pt", torch.device("cpu"))
    words = copy_words(cache / "words", output)
    write_safetensors(model.state_dict(), output / "model.safetensors")
    size = model.size
    shared = {"hidden_act": "quick_gelu", "layer_norm_eps": 1e-5, "projection_dim": size.joint, "attention_dropout": 0.}
    write_json({
        "architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": size.joint,
        "logit_scale_init_value": 2.6592, "torch_dtype": "float16",
        "text_config": {"model_type": "clip_text_model", "vocab_size": size.vocab, "hidden_size": size.text_width,
                        "intermediate_size": 4 * size.text_width, "num_hidden_layers": size.text_layers,
                        "num_attention_heads": size.text_heads, "max_position_embeddings": size.context,
                        "bos_token_id": words.start, "eos_token_id": words.end, "pad_token_id": words.end, **shared},
        "vision_config": {"model_type": "clip_vision_model", "image_size": size.side, "patch_size": size.patch,
                          "num_channels": 3, "hidden_size": size.width, "intermediate_size": 4 * size.width,
                          "num_hidden_layers": size.layers, "num_attention_heads": size.heads, **shared}},
        output / "config.json")
    write_json({"do_center_crop": True, "do_normalize": True, "do_resize": True, "do_convert_rgb": True,
                "do_rescale": True, "rescale_factor": 1 / 255, "feature_extractor_type": "CLIPFeatureExtractor",
                "crop_size": size.side, "size": size.side, "resample": 3, "image_mean": list(clip_net.MEAN),
                "image_std": list(clip_net.DEVIATION)}, output / "preprocessor_config.json")


def export(cache: Path, output: Path, seen: list[str]) -> None:
    """Whatever of the pair has been trained; @seen by the drawing model."""
    if (cache / "gpt.pt").exists():
        export_dalle(cache, output / "dalle", seen)
    if (cache / "clip.pt").exists():
        export_clip(cache, output / "clip")
