"""The picture tokenizer: a VQGAN with taming-transformers' layout and tensor names.

Its codebook is made first (codes.py); then the decoder learns to paint from codes, and the encoder to tell them.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class VqganSize:
    side: int = 128
    channels: int = 16
    multiples: tuple[int, ...] = (1, 2, 4, 8, 8)
    blocks: int = 1
    latent: int = 128
    width: int = 32
    codes: int = 2048
    groups: int = 4

    @property
    def grid(self) -> int:
        return self.side >> (len(self.multiples) - 1)


class Block(nn.Module):
    def __init__(self, inside: int, outside: int, groups: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, inside, eps=1e-6)
        self.conv1 = nn.Conv2d(inside, outside, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, outside, eps=1e-6)
        self.conv2 = nn.Conv2d(outside, outside, 3, padding=1)
        if inside != outside:
            self.nin_shortcut = nn.Conv2d(inside, outside, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        h = self.conv2(F.silu(self.norm2(h)))
        return (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x) + h


class Attention(nn.Module):
    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(channels, channels, 1) for _ in range(4))

    def forward(self, x: Tensor) -> Tensor:
        h = self.norm(x)
        q, k, v = (part(h).flatten(2).transpose(1, 2) for part in (self.q, self.k, self.v))
        h = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        return x + self.proj_out(h)


class Resample(nn.Module):
    """Half the side, or twice, with a convolution."""

    def __init__(self, channels: int, down: bool) -> None:
        super().__init__()
        self.down = down
        self.conv = nn.Conv2d(channels, channels, 3, stride=2 if down else 1, padding=0 if down else 1)

    def forward(self, x: Tensor) -> Tensor:
        if self.down:
            return self.conv(F.pad(x, (0, 1, 0, 1)))
        return self.conv(F.interpolate(x, scale_factor=2., mode="nearest"))


class Middle(nn.Module):
    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.block_1 = Block(channels, channels, groups)
        self.attn_1 = Attention(channels, groups)
        self.block_2 = Block(channels, channels, groups)

    def forward(self, x: Tensor) -> Tensor:
        return self.block_2(self.attn_1(self.block_1(x)))


class Level(nn.Module):
    def __init__(self, inside: int, outside: int, blocks: int, groups: int) -> None:
        super().__init__()
        self.block = nn.ModuleList(Block(inside if i == 0 else outside, outside, groups) for i in range(blocks))

    def forward(self, x: Tensor) -> Tensor:
        for block in self.block:
            x = block(x)
        return x


class Encoder(nn.Module):
    def __init__(self, size: VqganSize) -> None:
        super().__init__()
        sizes = [size.channels * multiple for multiple in size.multiples]
        self.conv_in = nn.Conv2d(3, sizes[0], 3, padding=1)
        self.down = nn.ModuleList()
        for level, channels in enumerate(sizes):
            part = Level(sizes[max(0, level - 1)], channels, size.blocks, size.groups)
            if level < len(sizes) - 1:
                part.downsample = Resample(channels, True)
            self.down.append(part)
        self.mid = Middle(sizes[-1], size.groups)
        self.norm_out = nn.GroupNorm(size.groups, sizes[-1], eps=1e-6)
        self.conv_out = nn.Conv2d(sizes[-1], size.latent, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for level in self.down:
            x = level(x)
            if hasattr(level, "downsample"):
                x = level.downsample(x)
        return self.conv_out(F.silu(self.norm_out(self.mid(x))))


class Decoder(nn.Module):
    def __init__(self, size: VqganSize) -> None:
        super().__init__()
        sizes = [size.channels * multiple for multiple in size.multiples]
        self.conv_in = nn.Conv2d(size.latent, sizes[-1], 3, padding=1)
        self.mid = Middle(sizes[-1], size.groups)
        self.up = nn.ModuleList()
        for level, channels in enumerate(sizes):
            part = Level(sizes[min(level + 1, len(sizes) - 1)], channels, size.blocks + 1, size.groups)
            if level > 0:
                part.upsample = Resample(channels, False)
            self.up.append(part)
        self.norm_out = nn.GroupNorm(size.groups, sizes[0], eps=1e-6)
        self.conv_out = nn.Conv2d(sizes[0], 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.mid(self.conv_in(x))
        for level in reversed(self.up):
            x = level(x)
            if hasattr(level, "upsample"):
                x = level.upsample(x)
        return self.conv_out(F.silu(self.norm_out(x)))


class Vqgan(nn.Module):
    def __init__(self, size: VqganSize) -> None:
        super().__init__()
        self.size = size
        self.encoder = Encoder(size)
        self.decoder = Decoder(size)
        self.quant_conv = nn.Conv2d(size.latent, size.width, 1)
        self.post_quant_conv = nn.Conv2d(size.width, size.latent, 1)
        self.quantize = nn.Module()
        self.quantize.embedding = nn.Embedding(size.codes, size.width)
        self.quantize.embedding.weight.requires_grad_(False)

    @property
    def codebook(self) -> Tensor:
        return self.quantize.embedding.weight

    def latents(self, pictures: Tensor) -> Tensor:
        return self.quant_conv(self.encoder(pictures))

    def nearest(self, rows: Tensor) -> Tensor:
        """The code next to every row: least squared distance."""
        book = self.codebook
        return (book.square().sum(1) - 2 * rows @ book.T).argmin(1)

    def encode(self, pictures: Tensor) -> Tensor:
        """Pictures in [-1, 1] to tokens, row by row."""
        latents = self.latents(pictures).float()
        tokens = self.nearest(latents.permute(0, 2, 3, 1).reshape(-1, self.size.width))
        return tokens.reshape(len(pictures), -1)

    def decode(self, tokens: Tensor) -> Tensor:
        grid = self.size.grid
        latents = F.embedding(tokens, self.codebook).reshape(-1, grid, grid, self.size.width)
        return self.decoder(self.post_quant_conv(latents.permute(0, 3, 1, 2)))
