"""The drawing model: minDALL-E's GPT, which reads a prompt and goes on with a picture's tokens."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class GptSize:
    width: int = 256
    layers: int = 6
    heads: int = 8
    words: int = 32
    tokens: int = 64
    text_vocab: int = 2048
    image_vocab: int = 2048


class Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.key, self.query, self.value, self.proj = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x: Tensor, cache: list[Tensor] | None) -> Tensor:
        batch, length, width = x.shape
        q, k, v = (part(x).view(batch, length, self.heads, -1).transpose(1, 2)
                   for part in (self.query, self.key, self.value))
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], 2), torch.cat([cache[1], v], 2)
            cache[:] = [k, v]
        h = F.scaled_dot_product_attention(q, k, v, is_causal=length > 1)
        return self.proj(h.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attn = Attention(width, heads)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x: Tensor, cache: list[Tensor] | None = None) -> Tensor:
        x = x + self.attn(self.ln1(x), cache)
        return x + self.mlp(self.ln2(x))


class Gpt(nn.Module):
    def __init__(self, size: GptSize, codebook: Tensor | None = None) -> None:
        super().__init__()
        self.size = size
        self.tok_emb_txt = nn.Embedding(size.text_vocab, size.width)
        self.tok_emb_img = nn.Embedding(size.image_vocab, size.width)
        self.pos_emb_txt = nn.Embedding(size.words, size.width)
        self.pos_emb_img = nn.Embedding(size.tokens, size.width)
        self.blocks = nn.ModuleList(Block(size.width, size.heads) for _ in range(size.layers))
        self.ln_f = nn.LayerNorm(size.width)
        self.head_txt = nn.Linear(size.width, size.text_vocab, bias=False)
        self.head_img = nn.Linear(size.width, size.image_vocab, bias=False)
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, std=.02)
            if isinstance(module, nn.Linear) and module.bias is not None:
                nn.init.zeros_(module.bias)
        for block in self.blocks:
            for last in (block.attn.proj, block.mlp[2]):
                nn.init.normal_(last.weight, std=.02 / (2 * size.layers) ** .5)
        side = int(size.tokens ** .5)
        with torch.no_grad():
            # A position begins as its row plus its column, a token as where its code lies.
            rows, columns = (torch.randn(side, size.width) * .02 for _ in range(2))
            self.pos_emb_img.weight.copy_((rows[:, None] + columns[None]).reshape(size.tokens, -1))
            if codebook is not None:
                book = (codebook - codebook.mean(0)) / codebook.std()
                spread = torch.randn(book.shape[1], size.width) / book.shape[1] ** .5
                self.tok_emb_img.weight.copy_(.02 * (book @ spread) + .01 * torch.randn(size.image_vocab, size.width))

    def forward(self, words: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """Logits for every word but the first, and for every token of the picture."""
        text = self.tok_emb_txt(words) + self.pos_emb_txt.weight[:words.shape[1]]
        image = self.tok_emb_img(tokens[:, :-1]) + self.pos_emb_img.weight[:tokens.shape[1] - 1]
        x = torch.cat([text, image], 1)
        for block in self.blocks:
            x = block(x)
        x = self.ln_f(x)
        last = self.size.words - 1
        return self.head_txt(x[:, :last]), self.head_img(x[:, last:])

    @torch.no_grad()
    def draw(self, words: Tensor, unconditional: Tensor, guidance: float, temperature: float, top_k: int) -> Tensor:
        """Tokens for every prompt: the plain sampler that the program's is compared with by eye."""
        count = len(words)
        caches: list[list[Tensor]] = [[] for _ in self.blocks]
        both = torch.cat([words, unconditional.expand(count, -1)])
        x = self.tok_emb_txt(both) + self.pos_emb_txt.weight
        drawn = torch.empty(count, 0, dtype=torch.long, device=words.device)
        for place in range(self.size.tokens):
            for block, cache in zip(self.blocks, caches):
                x = block(x, cache)
            told, free = self.head_img(self.ln_f(x[:, -1])).float().chunk(2)
            logits = (free + guidance * (told - free)) / temperature
            best, which = logits.topk(min(top_k, logits.shape[1]))
            pick = which.gather(1, torch.multinomial(best.softmax(1), 1))
            drawn = torch.cat([drawn, pick], 1)
            x = self.tok_emb_img(pick.repeat(2, 1)) + self.pos_emb_img.weight[place]
        return drawn
