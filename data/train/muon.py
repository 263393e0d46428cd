"""Muon (Keller Jordan, 2024) for the matrices inside a net, AdamW for all else.

A matrix is moved by its momentum with all singular values made one, by five rounds of a Newton-Schulz iteration.
On small nets and few minutes it needs about half the steps that AdamW needs. Matrices of one shape go together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

A, B, C = 3.4445, -4.7750, 2.0315  # the iteration's polynomial, as published


def even_out(stack: Tensor) -> Tensor:
    """Matrices (count × rows × columns, no more rows than columns) with their singular values near one."""
    x = stack.bfloat16()
    x = x / (x.float().norm(dim=(1, 2), keepdim=True) + 1e-7).bfloat16()
    for _ in range(5):
        square = x @ x.transpose(1, 2)
        x = A * x + (B * square + C * (square @ square)) @ x
    return x.float()


class Muon:
    """Both optimizers as one; @inner are the matrices that Muon moves, @rest what AdamW moves."""

    def __init__(self, inner: Iterable[nn.Parameter], rest: Iterable[nn.Parameter], decay: float = .05,
                 momentum: float = .95) -> None:
        self.inner, self.decay, self.momentum = list(inner), decay, momentum
        self.moved = [torch.zeros_like(weight) for weight in self.inner]
        self.shapes: dict[tuple[int, int], list[int]] = {}
        for i, weight in enumerate(self.inner):
            self.shapes.setdefault(tuple(sorted(weight.shape)), []).append(i)
        self.rest = torch.optim.AdamW(rest, betas=(.9, .98), weight_decay=decay)

    @torch.no_grad()
    def step(self, rate: float) -> None:
        for group in self.rest.param_groups:
            group["lr"] = rate
        self.rest.step()
        gradients = [weight.grad for weight in self.inner]
        torch._foreach_lerp_(self.moved, gradients, 1 - self.momentum)
        ahead = torch._foreach_lerp(gradients, self.moved, self.momentum)
        for (rows, columns), members in self.shapes.items():
            tall = [self.inner[i].shape[0] > self.inner[i].shape[1] for i in members]
            even = even_out(torch.stack([ahead[i].T if high else ahead[i] for i, high in zip(members, tall)]))
            for i, high, move in zip(members, tall, even):
                # .2 sqrt(longer side) makes the size of a step that of AdamW's.
                self.inner[i].mul_(1 - rate * self.decay).add_(move.T if high else move,
                                                               alpha=-rate * .2 * max(rows, columns) ** .5)

    def zero_grad(self) -> None:
        self.rest.zero_grad(set_to_none=True)
        for weight in self.inner:
            weight.grad = None

    def state_dict(self) -> dict[str, Any]:
        return {"moved": self.moved, "rest": self.rest.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for mine, stored in zip(self.moved, state["moved"]):
            mine.copy_(stored)
        self.rest.load_state_dict(state["rest"])


def split_weights(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The matrices inside the layers, and all else."""
    inner = [weight for name, weight in model.named_parameters() if ".layers." in name and weight.ndim == 2]
    ours = {id(weight) for weight in inner}
    return inner, [weight for weight in model.parameters() if id(weight) not in ours]
