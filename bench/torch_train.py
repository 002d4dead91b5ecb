"""One full training step of a small GPT in PyTorch, timed: what bench/train.mjs measures the engine beside.

Reads one JSON line a model, answers one line of tokens per second. As lean as PyTorch allows: fused LayerNorm and GELU,
one QKV product, foreach AdamW, no rotary positions (the engine's model has them; they would only slow this one).
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def trainer(layers, width, heads, vocabulary, context, batch):
    d = width
    torch.manual_seed(0)

    def matrix(*shape):
        return (torch.randn(*shape) * shape[0] ** -0.5).requires_grad_()

    def gain():
        return torch.ones(d).requires_grad_()

    embedding = (torch.randn(vocabulary, d) * 0.1).requires_grad_()
    blocks = [(gain(), matrix(d, 3 * d), matrix(d, d), gain(), matrix(d, 4 * d), matrix(4 * d, d)) for _ in range(layers)]
    last = gain()
    params = [embedding, last, *(w for block in blocks for w in block)]
    optimizer = torch.optim.AdamW(params, lr=1e-3, betas=(0.9, 0.95), weight_decay=0.1, foreach=True)
    mask = torch.ones(context, context).tril().log()

    def step(tokens):
        x = embedding[tokens[:, :-1]]
        for norm1, qkv, out, norm2, up, down in blocks:
            y = F.layer_norm(x, (d,), norm1) @ qkv
            q, k, v = y.view(batch, context, 3, heads, d // heads).permute(2, 0, 3, 1, 4)
            scores = (q * (d // heads) ** -0.5) @ k.transpose(-1, -2) + mask
            x = x + (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, context, d) @ out
            x = x + F.gelu(F.layer_norm(x, (d,), norm2) @ up, approximate="tanh") @ down
        logits = F.layer_norm(x, (d,), last) @ embedding.T
        loss = F.cross_entropy(logits.view(-1, vocabulary), tokens[:, 1:].reshape(-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(params, 1.0)
        optimizer.step()
        return loss.item()

    return lambda: step(torch.randint(vocabulary, (batch, context + 1)))


def measure(step, seconds):
    step()
    count, start = 0, time.process_time()
    while count < 2 or time.process_time() - start < seconds:
        step()
        count += 1
    return count / (time.process_time() - start)


for line in sys.stdin:
    request = json.loads(line)
    seconds = request.pop("seconds")
    steps = measure(trainer(**request), seconds)
    print(json.dumps(steps * request["batch"] * request["context"]), flush=True)
