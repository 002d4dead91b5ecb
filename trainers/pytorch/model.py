"""The transformer that isoflop's embedded trainer trains, in PyTorch: the same weights give the same loss.

    x = E[token]
    x += attention(norm(x)) Wo      causal, rotary positions, grouped key heads
    x += activation(norm(x) Wu) Wd  GELU, or SwiGLU with the gate in the first half of Wu
    loss = cross-entropy(s · norm(x) Eᵀ)
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class Norm(nn.Module):
    """RMSNorm, or LayerNorm without a bias."""

    def __init__(self, width, kind):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(width))
        self.centred = kind == "layernorm"

    def forward(self, x):
        if self.centred:
            return F.layer_norm(x, self.gain.shape, self.gain, None, 1e-5)
        return (x.float() * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + 1e-5)).type_as(x) * self.gain


def rotate(x, cos, sin):
    """Turns pair (i, i + size / 2) of every head by its position's angle (Su et al. 2021, arXiv 2104.09864)."""
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


def attend(q, k, v):
    """softmax(Q Kᵀ / √size) V, causal; [batch, heads, tokens, size]."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5  # PyTorch 1
    later = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool, device=q.device).triu(1)
    return scores.masked_fill(later, -math.inf).softmax(-1) @ v


class Block(nn.Module):
    def __init__(self, s):
        super().__init__()
        inner, keys = s["heads"] * s["headSize"], s["kvHeads"] * s["headSize"]
        self.sizes, self.head_size, self.group = (inner, keys, keys), s["headSize"], s["heads"] // s["kvHeads"]
        self.gated = s["gatedFfn"]
        self.norm1 = Norm(s["width"], s["norm"])
        self.qkv = nn.Linear(s["width"], inner + 2 * keys, bias=False)
        self.out = nn.Linear(inner, s["width"], bias=False)
        self.norm2 = Norm(s["width"], s["norm"])
        self.up = nn.Linear(s["width"], s["ffnSize"] * (2 if self.gated else 1), bias=False)
        self.down = nn.Linear(s["ffnSize"], s["width"], bias=False)

    def forward(self, x, cos, sin):
        q, k, v = (y.unflatten(-1, (-1, self.head_size)).transpose(1, 2)
                   for y in self.qkv(self.norm1(x)).split(self.sizes, -1))
        q, k = (rotate(y, cos, sin).type_as(v) for y in (q, k))
        if self.group > 1:
            k, v = k.repeat_interleave(self.group, 1), v.repeat_interleave(self.group, 1)
        x = x + self.out(attend(q, k, v).transpose(1, 2).flatten(-2))
        h = self.up(self.norm2(x))
        if self.gated:
            gate, value = h.chunk(2, -1)
            h = F.silu(gate) * value
        else:
            h = F.gelu(h, approximate="tanh")
        return x + self.down(h)


class GPT(nn.Module):
    """`shape` is that of a spec.json; `logit_scale` is µP's base width / width, or 1."""

    def __init__(self, shape, embedding_std=0.1, logit_scale=1.0):
        super().__init__()
        width, half = shape["width"], shape["headSize"] // 2
        self.logit_scale = logit_scale
        self.embedding = nn.Embedding(shape["vocabulary"], width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape["layers"]))
        self.norm = Norm(width, shape["norm"])
        self.head = None if shape["tiedEmbeddings"] else nn.Linear(width, shape["vocabulary"], bias=False)
        angles = torch.outer(torch.arange(shape["context"]).double(), 10000.0 ** (-torch.arange(half).double() / half))
        self.register_buffer("cos", angles.cos().float(), persistent=False)
        self.register_buffer("sin", angles.sin().float(), persistent=False)

        nn.init.normal_(self.embedding.weight, std=embedding_std)
        for block in self.blocks:
            for matrix in (block.qkv, block.up):
                nn.init.normal_(matrix.weight, std=matrix.in_features**-0.5)
            for matrix in (block.out, block.down):  # they write to the residual stream
                nn.init.normal_(matrix.weight, std=(2 * shape["layers"] * matrix.in_features) ** -0.5)
        if self.head is not None:
            nn.init.zeros_(self.head.weight)

    def forward(self, tokens):
        """Σ nats over rows of context + 1 tokens, each predicted from those before it."""
        length = tokens.shape[1] - 1
        x = self.embedding(tokens[:, :-1])
        for block in self.blocks:
            x = block(x, self.cos[:length], self.sin[:length])
        head = self.embedding.weight if self.head is None else self.head.weight
        logits = F.linear(self.norm(x), head).float() * self.logit_scale
        return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten(), reduction="sum")

    @torch.no_grad()
    def load_flat(self, values):
        """Takes weights from one float32 array in the embedded engine's order, whose matrices are [in][out]."""
        at = 0
        for name, parameter in self.named_parameters():
            piece = values[at : at + parameter.numel()]
            at += parameter.numel()
            across = parameter.dim() == 2 and name.startswith("blocks.")
            parameter.copy_(piece.view(parameter.shape[::-1]).T if across else piece.view(parameter.shape))
        if at != len(values):
            raise SystemExit(f"cannot begin with these weights: expected {at} numbers, got {len(values)}")

    def groups(self, rate_of_matrices=1.0):
        """What AdamW treats alike: (parameters, their rate as a factor, whether they decay)."""
        own = list(self.named_parameters())
        gains = [p for _, p in own if p.dim() == 1]
        matrices = [p for name, p in own if p.dim() == 2 and name.startswith("blocks.")]
        tables = [p for name, p in own if p.dim() == 2 and not name.startswith("blocks.")]
        return [(matrices, rate_of_matrices, True), (tables, 1.0, True), (gains, 1.0, False)]
