"""CLIP, with the tensor names of Hugging Face's CLIPModel."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

MEAN = (0.48145466, 0.4578275, 0.40821073)
DEVIATION = (0.26862954, 0.26130258, 0.27577711)
SLOPE = 1.702  # of quick_gelu


@dataclass(frozen=True)
class ClipSize:
    side: int = 64
    patch: int = 8
    width: int = 192
    layers: int = 6
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
        parts = (self.q_proj, self.k_proj, self.v_proj)
        rows = F.linear(x, torch.cat([part.weight for part in parts]), torch.cat([part.bias for part in parts]))
        q, k, v = rows.view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        # Written out: for rows this short that is half as fast again as PyTorch's fused attention on a processor.
        scores = (q * (width // self.heads) ** -.5) @ k.transpose(-1, -2)
        if self.causal:
            scores = scores + torch.full((length, length), -1e4, dtype=scores.dtype, device=x.device).triu(1)
        h = scores.softmax(-1).to(v.dtype) @ v
        return self.out_proj(h.transpose(1, 2).reshape(batch, length, width))


class Mlp(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """x × sigmoid(1.702 x) between the two, as silu(1.702 x) / 1.702: one pass over the long rows, not three."""
        x = F.silu(F.linear(x, self.fc1.weight * SLOPE, self.fc1.bias * SLOPE))
        return F.linear(x, self.fc2.weight / SLOPE, self.fc2.bias)


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

    def forward(self, pictures: Tensor, keep: int = 0) -> Tensor:
        """A row for every picture; @keep, where not zero: how many of its patches are looked at, others each time."""
        return self.post_layernorm(self.look(pictures, keep)[0][:, 0])

    def look(self, pictures: Tensor, keep: int = 0) -> tuple[Tensor, Tensor]:
        """What the last layer makes of every picture as a whole and then of each patch; which patches these are."""
        parts = self.embeddings
        batch, channels, side, _ = pictures.shape
        patch = parts.patch_embedding.kernel_size[0]
        x = pictures.view(batch, channels, side // patch, patch, side // patch, patch)
        x = x.permute(0, 2, 4, 1, 3, 5).reshape(batch, (side // patch) ** 2, channels * patch * patch)
        places = parts.position_embedding.weight[1:].expand(batch, -1, -1)
        kept = torch.arange(x.shape[1], device=x.device).expand(batch, -1)
        if keep and keep < x.shape[1]:
            kept = torch.rand(x.shape[:2], device=x.device).topk(keep, 1).indices
            x, places = (rows.gather(1, kept[..., None].expand(-1, -1, rows.shape[2])) for rows in (x, places))
        x = F.linear(x, parts.patch_embedding.weight.flatten(1)) + places
        first = (parts.class_embedding + parts.position_embedding.weight[0]).to(x.dtype).expand(batch, 1, -1)
        return self.encoder(self.pre_layrnorm(torch.cat([first, x], 1))), kept


    def begin_nearby(self) -> None:
        """Places by sines, and attention that begins with what is alike and near: a start that takes no training."""
        places = self.embeddings.position_embedding.weight
        rows, width = round((len(places) - 1) ** .5), places.shape[1]
        rate = torch.pi / 2 * torch.arange(1, width // 4 + 1) / (width // 4)
        turns = torch.arange(rows)[:, None] * rate
        waves = torch.cat([turns.sin(), turns.cos()], 1)
        grid = torch.cat([waves[:, None].expand(-1, rows, -1), waves[None].expand(rows, -1, -1)], 2)
        with torch.no_grad():
            places[1:] = .7 * grid.flatten(0, 1)
            for layer in self.encoder.layers:
                attention = layer.self_attn
                for head in range(attention.heads):
                    part = slice(head * width // attention.heads, (head + 1) * width // attention.heads)
                    start = nn.init.orthogonal_(torch.empty(part.stop - part.start, width)) * .6
                    attention.q_proj.weight[part], attention.k_proj.weight[part] = start, start


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
        self.logit_scale = nn.Parameter(torch.tensor(3.2))
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        for projection in (self.visual_projection, self.text_projection):
            nn.init.normal_(projection.weight, std=size.width ** -.5)
        self.vision_model.begin_nearby()

    def see(self, pictures: Tensor, keep: int = 0) -> Tensor:
        """Bytes, channels last, to rows that are not yet of length one."""
        return self.see_all(pictures, keep)[0]

    def see_all(self, pictures: Tensor, keep: int = 0) -> tuple[Tensor, Tensor, Tensor]:
        """The rows, what the last layer makes of every patch that was looked at, and which these are."""
        x = pictures.permute(0, 3, 1, 2).float() / 255
        mean, deviation = (torch.tensor(values, device=x.device).view(1, 3, 1, 1) for values in (MEAN, DEVIATION))
        x, kept = self.vision_model.look(((x - mean) / deviation).contiguous(), keep)
        return self.visual_projection(self.vision_model.post_layernorm(x[:, 0])), x[:, 1:], kept

    def read(self, ids: Tensor) -> Tensor:
        return self.text_projection(self.text_model(ids))
