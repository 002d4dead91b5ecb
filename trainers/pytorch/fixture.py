"""Writes the gradients that PyTorch finds for two small transformers: what both builds of the engine are held to.

    python3 trainers/pytorch/fixture.py test/train/gpt/golden/gradients.json

In float64, so that the only rounding in the comparison is the engine's own. Weights and tokens come from a formula both
sides know, so the file holds only losses and gradients (float32, base64). The sizes are odd on purpose: no dimension is
a multiple of a vector's width, and the context is longer than one chunk of attention rows.
"""

import base64
import json
import math
import sys

import numpy
import torch
import torch.nn.functional as F

MODELS = [
    dict(name="RMSNorm, SwiGLU, tied, grouped keys", layers=2, width=20, heads=4, kvHeads=2, headSize=6, ffnSize=27,
         vocabulary=37, context=29, tied=True, centred=False, gated=True, sequences=3, scoreScale=6**-0.5, logitScale=1.0),
    dict(name="LayerNorm, GELU, untied, scaled", layers=2, width=18, heads=3, kvHeads=3, headSize=6, ffnSize=33,
         vocabulary=19, context=53, tied=False, centred=True, gated=False, sequences=2, scoreScale=1 / 6, logitScale=0.5),
]


def noise(count, start):
    """Numbers in [-1/2, 1/2) that float32 holds exactly: Knuth's multiplicative hash of start, start + 1, …"""
    index = numpy.arange(start, start + count, dtype=numpy.uint64)
    return ((index * 2654435761) % 2**32 >> 8).astype(numpy.float64) / 2**24 - 0.5


def tensors(m):
    """Names and shapes in the engine's order. Matrices are [in][out]."""
    d, inner, kv = m["width"], m["heads"] * m["headSize"], m["kvHeads"] * m["headSize"]
    yield "embedding", (m["vocabulary"], d)
    for l in range(m["layers"]):
        yield f"norm1.{l}", (d,)
        yield f"qkv.{l}", (d, inner + 2 * kv)
        yield f"out.{l}", (inner, d)
        yield f"norm2.{l}", (d,)
        yield f"up.{l}", (d, m["ffnSize"] * (2 if m["gated"] else 1))
        yield f"down.{l}", (m["ffnSize"], d)
    yield "norm", (d,)
    if not m["tied"]:
        yield "head", (m["vocabulary"], d)


def weights(m):
    start, made = 1, {}
    for name, shape in tensors(m):
        values = noise(math.prod(shape), start).reshape(shape)
        made[name] = torch.tensor(1 + values if name.startswith("norm") else values / 2, requires_grad=True)
        start += math.prod(shape)
    return made


def loss(m, w, tokens):
    T, h, d = m["context"], m["headSize"], m["width"]
    turns = torch.outer(torch.arange(T).double(), 10000.0 ** (-torch.arange(0, h, 2).double() / h))

    def norm(x, gain):
        if m["centred"]:
            return F.layer_norm(x, (d,), gain, None, 1e-5)
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * gain

    def rotate(x):  # [batch, head, T, h]
        a, b = x.chunk(2, -1)
        return torch.cat((a * turns.cos() - b * turns.sin(), b * turns.cos() + a * turns.sin()), -1)

    x = w["embedding"][tokens[:, :-1]]
    for l in range(m["layers"]):
        sizes = [m["heads"] * h, m["kvHeads"] * h, m["kvHeads"] * h]
        q, k, v = (norm(x, w[f"norm1.{l}"]) @ w[f"qkv.{l}"]).split(sizes, -1)
        q, k, v = (t.unflatten(-1, (-1, h)).transpose(1, 2) for t in (q, k, v))
        k, v = (t.repeat_interleave(m["heads"] // m["kvHeads"], 1) for t in (k, v))
        scores = rotate(q) @ rotate(k).transpose(-1, -2) * m["scoreScale"]
        scores = scores.masked_fill(torch.ones(T, T).triu(1).bool(), -math.inf)
        x = x + (scores.softmax(-1) @ v).transpose(1, 2).flatten(-2) @ w[f"out.{l}"]
        u = norm(x, w[f"norm2.{l}"]) @ w[f"up.{l}"]
        if m["gated"]:
            gate, value = u.chunk(2, -1)
            u = F.silu(gate) * value
        else:
            u = F.gelu(u, approximate="tanh")
        x = x + u @ w[f"down.{l}"]
    logits = norm(x, w["norm"]) @ w["embedding" if m["tied"] else "head"].T * m["logitScale"]
    return F.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten())


def fixture(m):
    w = weights(m)
    count = m["sequences"] * (m["context"] + 1)
    tokens = torch.tensor(((noise(count, 7_000_000) + 0.5) * m["vocabulary"]).astype(numpy.int64))
    value = loss(m, w, tokens.view(m["sequences"], -1))
    value.backward()
    grads = numpy.concatenate([t.grad.numpy().ravel() for t in w.values()]).astype("<f4")
    return dict(model=m, loss=value.item(), tensors=[[name, math.prod(shape)] for name, shape in tensors(m)],
                gradients=base64.b64encode(grads.tobytes()).decode())


if __name__ == "__main__":
    with open(sys.argv[1], "w") as file:
        json.dump(dict(torch=torch.__version__, models=[fixture(m) for m in MODELS]), file, indent=1)
        file.write("\n")
