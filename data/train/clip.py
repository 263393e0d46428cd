"""CLIP, with the tensor names of Hugging Face's CLIPModel."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)


@dataclass(frozen=True)
class ClipSize:
    side: int = 64
    patch: int = 8
    width: int = 192
    layers: int = 5
    heads: int = 3
    text_width: int = 192
    text_layers: int = 2
    text_heads: int = 3
    context: int = 32
    vocab: int = 2048
    joint: int = 192


class Attention(nn.Module):
    def __init__(self, width: int, heads: int, causal: bool) -> None:
        super().__init__()
        self.heads, self.causal = heads, causal
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = (part(x).view(batch, length, self.heads, -1).transpose(1, 2)
                   for part in (self.q_proj, self.k_proj, self.v_proj))
        h = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        return self.out_proj(h.transpose(1, 2).reshape(batch, length, width))


class Mlp(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc1(x)
        return self.fc2(x * torch.sigmoid(1.702 * x))


class Layer(nn.Module):
    def __init__(self, width: int, heads: int, causal: bool) -> None:
        super().__init__()
        self.self_attn = Attention(width, heads, causal)
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp = Mlp(width)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class Stack(nn.Module):
    def __init__(self, width: int, heads: int, layers: int, causal: bool) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(width, heads, causal) for _ in range(layers))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = layer(x)
        return x


class Vision(nn.Module):
    def __init__(self, size: ClipSize) -> None:
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.class_embedding = nn.Parameter(torch.randn(size.width) * .02)
        self.embeddings.patch_embedding = nn.Conv2d(3, size.width, size.patch, stride=size.patch, bias=False)
        self.embeddings.position_embedding = nn.Embedding((size.side // size.patch) ** 2 + 1, size.width)
        self.pre_layrnorm = nn.LayerNorm(size.width)
        self.encoder = Stack(size.width, size.heads, size.layers, False)
        self.post_layernorm = nn.LayerNorm(size.width)

    def forward(self, pictures: Tensor) -> Tensor:
        parts = self.embeddings
        x = parts.patch_embedding(pictures).flatten(2).transpose(1, 2)
        first = parts.class_embedding.to(x.dtype).expand(len(x), 1, -1)
        x = torch.cat([first, x], 1) + parts.position_embedding.weight
        return self.post_layernorm(self.encoder(self.pre_layrnorm(x))[:, 0])


class Text(nn.Module):
    def __init__(self, size: ClipSize) -> None:
        super().__init__()
        self.embeddings = nn.Module()
        self.embeddings.token_embedding = nn.Embedding(size.vocab, size.text_width)
        self.embeddings.position_embedding = nn.Embedding(size.context, size.text_width)
        self.encoder = Stack(size.text_width, size.text_heads, size.text_layers, True)
        self.final_layer_norm = nn.LayerNorm(size.text_width)

    def forward(self, ids: Tensor) -> Tensor:
        """@ids may be cut after the longest caption: what follows an end changes nothing before it."""
        x = self.embeddings.token_embedding(ids) + self.embeddings.position_embedding.weight[:ids.shape[1]]
        x = self.final_layer_norm(self.encoder(x))
        return x[torch.arange(len(x), device=x.device), ids.argmax(1)]


class Clip(nn.Module):
    def __init__(self, size: ClipSize) -> None:
        super().__init__()
        self.size = size
        self.vision_model = Vision(size)
        self.text_model = Text(size)
        self.visual_projection = nn.Linear(size.width, size.joint, bias=False)
        self.text_projection = nn.Linear(size.text_width, size.joint, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(2.6592))
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        for projection in (self.visual_projection, self.text_projection):
            nn.init.normal_(projection.weight, std=size.width ** -.5)

    def see(self, pictures: Tensor) -> Tensor:
        """Bytes, channels last, to rows that are not yet of length one."""
        x = pictures.permute(0, 3, 1, 2).float() / 255
        mean, deviation = (torch.tensor(values, device=x.device).view(1, 3, 1, 1) for values in (MEAN, DEVIATION))
        return self.visual_projection(self.vision_model((x - mean) / deviation))

    def read(self, ids: Tensor) -> Tensor:
        return self.text_projection(self.text_model(ids))
