"""Trains the run that a spec.json asks for, on real GPUs: a compact GPT trainer that writes isoflop's run folder.

    python train.py --spec {spec} --out {out} --data {data}
    torchrun --standalone --nproc-per-node 8 train.py --spec {spec} --out {out} --data {data} --compile

It has the settings of the embedded trainer `gpt`, with the same meaning and defaults, cuts the data into the same
batches and reports the same points, so a sweep file moves from one to the other by its `trainer:` line. README.md says
more. Needs PyTorch 1.13 or newer and numpy.
"""

import argparse
import hashlib
import json
import math
import os
import signal
import sys
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import numpy
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from model import GPT

# ── what is asked ────────────────────────────────────────────────────────────────────────────────────────────────────

RECIPE = dict(
    schedule="wsd",  # warm-up, stable, decay; or cosine, linear, constant
    warmupSteps=50,
    decayShare=0.25,  # of the steps, in which wsd decays
    finalShare=None,  # the last rate as a share of the peak; None is 0 for wsd and 0.1 for the others
    weightDecay=0.1,
    clip=1.0,  # the gradient's longest norm; 0 never clips
    beta1=0.9,
    beta2=0.95,
    epsilon=1e-8,
    embeddingStd=0.1,
    mupBaseWidth=None,  # the width at which the rate was tuned: matrices learn at rate · base / width
    validationTokens=32768,
    curveFrom=64,  # the curve has two points for each doubling of steps from here on
    uniqueTokens=None,  # train on so many tokens of the data alone, again and again
)
# of a sweep whose runs branch off stable trunks (`decay:` in its file), and what is for others
SWEEP = dict(decay=None, trunk=False, branches=[], branchFrom=None, branchAt=None, data=None, memoryBytes=None)


def options():
    say = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    say.add_argument("--spec", required=True, type=Path, help="spec.json")
    say.add_argument("--out", required=True, type=Path, help="the run's folder")
    say.add_argument("--data", required=True, type=Path, help="isoflop's .tokens file, or a folder of uint16 .bin shards")
    say.add_argument("--branch", default="", help="the folder of the run that this one branches off")
    say.add_argument("--init", type=Path, help="first weights: float32, in the embedded trainer's order")
    say.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    say.add_argument("--dtype", choices=["auto", "float32", "bfloat16"], default="auto", help="of the products; auto: bfloat16 where the GPU has it")
    say.add_argument("--micro-batch", type=int, default=0, help="sequences on a device at a time; 0: all of its share")
    say.add_argument("--every", type=int, default=0, help="a training point every so many steps, too")
    say.add_argument("--checkpoint-seconds", type=float, default=600)
    say.add_argument("--stop-seconds", type=float, default=30, help="told to stop, end after so long even in the middle of a step")
    say.add_argument("--compile", action="store_true", help="torch.compile")
    return say.parse_args()


def stop(spec, reason):
    raise SystemExit(f"cannot train {spec['id']}: {reason}")


def heed_stop(told, seconds):
    """Notes SIGTERM, to stop after the step. Python hears a signal between two of its own operations: a process that waits
    in PyTorch for another that will never answer would outlive every request, so a thread ends it then."""
    hear, say = os.pipe()
    os.set_blocking(say, False)
    signal.set_wakeup_fd(say)
    signal.signal(signal.SIGTERM, lambda *_: told.append(True))

    def watch():
        while os.read(hear, 1)[0] != signal.SIGTERM:
            pass
        time.sleep(seconds)
        os._exit(143)

    threading.Thread(target=watch, daemon=True).start()


def read_recipe(spec):
    for name in spec["settings"]:
        if name not in RECIPE and name not in SWEEP:
            stop(spec, f'it has no setting "{name}"; there are {", ".join(RECIPE)}')
    recipe = {**RECIPE, **SWEEP, **spec["settings"]}
    if recipe["schedule"] not in ("wsd", "cosine", "linear", "constant"):
        stop(spec, f'expected wsd, cosine, linear or constant, got {recipe["schedule"]}')
    return recipe


def check_shape(spec):
    shape = spec["shape"]
    if shape is None:
        stop(spec, "expected a shape, got none")
    for lack in ("experts", "learnedPositions", "relativePositions", "biases"):
        if shape[lack]:
            stop(spec, f"this trainer has no {lack}; use a dense shape with rotary positions and without biases")
    return shape


def rounded(x):
    return math.floor(x + 0.5)


def learning_rates(recipe, peak, steps, branch_step):
    """The rate of each step: a linear warm-up to the peak, then what the schedule says."""
    warmup = min(recipe["warmupSteps"], steps // 4)
    schedule = "constant" if recipe["trunk"] else "wsd" if recipe["decay"] else recipe["schedule"]
    final = 0.0 if schedule == "wsd" else 0.1
    final = peak * (final if recipe["finalShare"] is None else recipe["finalShare"])
    decay = steps - branch_step if branch_step else max(1, rounded(steps * recipe["decayShare"]))
    decay = min(decay, steps - warmup)

    def rate(step):  # 1 … steps
        if step <= warmup:
            return peak * step / warmup
        done = (step - warmup) / (steps - warmup)
        if schedule == "cosine":
            return final + (peak - final) * (1 + math.cos(math.pi * done)) / 2
        if schedule == "linear":
            return peak + (final - peak) * done
        if schedule == "wsd":
            return peak + (final - peak) * max(0, step - (steps - decay)) / decay
        return peak

    return [rate(step) for step in range(1, steps + 1)]


def curve_steps(steps, start):
    """Powers of √2 from `start` (or the middle of a shorter run) to the end."""
    found, k = {steps}, 0
    while 2 ** (k / 2) < steps:
        step = rounded(2 ** (k / 2))
        if min(start, steps / 2) <= step < steps:
            found.add(step)
        k += 1
    return found


# ── data ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Tokens:
    """Files of uint16 tokens, cut into windows of one context, each with the token behind it."""

    def __init__(self, parts, context):
        self.parts, self.context = parts, context
        self.ends = numpy.cumsum([(len(part) - 1) // context for part in parts])
        self.windows = int(self.ends[-1]) if parts else 0

    def window(self, i):
        part = int(numpy.searchsorted(self.ends, i, side="right"))
        start = (i - (int(self.ends[part - 1]) if part else 0)) * self.context
        return self.parts[part][start : start + self.context + 1]

    def take(self, which):
        return torch.from_numpy(numpy.stack([self.window(i) for i in which]).astype(numpy.int64))


def read_data(path, context):
    """Training and held-out tokens, how many bytes each token stands for (None: not known), and a hash."""
    if path.is_file():  # isoflop's own: a line of JSON, then the two parts
        with open(path, "rb") as file:
            head = json.loads(file.readline())
            start = file.tell()
        both = numpy.memmap(path, dtype="<u2", mode="r", offset=start)
        train, held = both[: head["train"]], both[head["train"] :]
        return Tokens([train], context), Tokens([held], context), numpy.array(head["lengths"]), path.stem
    shards = {"train": [], "val": []}
    said = hashlib.sha256()
    for file in sorted(path.glob("*.bin")):
        with open(file, "rb") as opened:
            first = opened.read(1 << 20)
        said.update(f"{file.name} {file.stat().st_size} ".encode() + first)  # of terabytes the beginnings must do
        skip = 1024 if first[:4] == (20240520).to_bytes(4, "little") else 0  # llm.c's header
        shards["val" if "val" in file.name else "train"].append(numpy.memmap(file, dtype="<u2", mode="r", offset=skip))
    return Tokens(shards["train"], context), Tokens(shards["val"], context), None, said.hexdigest()


def splitmix32(state):
    while True:
        state = (state + 0x9E3779B9) & 0xFFFFFFFF
        z = (state ^ (state >> 16)) * 0x21F0AAAD & 0xFFFFFFFF
        z = (z ^ (z >> 15)) * 0x735A2D97 & 0xFFFFFFFF
        yield z ^ (z >> 15)


def uniforms(seed):
    """xoshiro128** seeded by splitmix32, as isoflop has it: the same seed gives the same batches there and here."""
    mix = splitmix32(seed)
    a, b, c, d = (next(mix) for _ in range(4))
    high = None
    while True:
        x = b * 5 & 0xFFFFFFFF
        drawn = ((x << 7 | x >> 25) & 0xFFFFFFFF) * 9 & 0xFFFFFFFF
        t = b << 9 & 0xFFFFFFFF
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        d = (d << 11 | d >> 21) & 0xFFFFFFFF
        if high is None:
            high = drawn >> 5
        else:
            yield (high * 67108864 + (drawn >> 6)) / 9007199254740992
            high = None


def order(windows, seed, epoch):
    """The order in which an epoch meets the windows (Fisher and Yates)."""
    if windows > 1 << 22:  # more than the embedded trainer ever has: PyTorch's own is quicker
        return torch.randperm(windows, generator=torch.Generator().manual_seed(seed * 1000003 + epoch)).numpy()
    drawn = uniforms(next(splitmix32((seed ^ (epoch + 2) * 0x9E3779B1) & 0xFFFFFFFF)))
    found = list(range(windows))
    for i in range(windows - 1, 0, -1):
        j = int(next(drawn) * (i + 1))
        found[i], found[j] = found[j], found[i]
    return found


def batches(windows, batch, seed):
    """The windows of each step: sequence i is a function of the seed and i alone, so a run can go on anywhere."""
    known = {}

    def at(step):
        which = []
        for index in range(step * batch, (step + 1) * batch):
            epoch = index // windows
            if epoch not in known:
                known.clear()
                known[epoch] = order(windows, seed, epoch)
            which.append(known[epoch][index % windows])
        return which

    return at


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def write_whole(path, write):
    """Under another name, pushed to the disk, renamed: whoever looks sees a whole file or none."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path, device):
    try:
        return torch.load(path, map_location=device) if path.exists() else None
    except Exception as error:  # one that cannot be read is none: the run begins again
        print(f"{path.name} cannot be read ({error}): beginning without it", flush=True)
        return None


# ── the run ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def main():
    said = options()
    spec = json.loads(said.spec.read_text())
    shape, recipe = check_shape(spec), read_recipe(spec)
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    cuda = said.device.startswith("cuda")
    if cuda and world > 1:
        said.device = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(said.device)
    if world > 1:
        dist.init_process_group("nccl" if cuda else "gloo")
    device, first = torch.device(said.device), rank == 0
    bfloat16 = said.dtype == "bfloat16" or (said.dtype == "auto" and cuda and torch.cuda.is_bf16_supported())
    autocast = torch.autocast(device.type, dtype=torch.bfloat16) if bfloat16 else nullcontext()
    if cuda:
        torch.backends.cuda.matmul.allow_tf32 = True
    told_to_stop, parent = [], os.getppid()
    heed_stop(told_to_stop, said.stop_seconds)

    def stopped():  # or left behind by a torchrun that was killed
        return bool(told_to_stop) or ("TORCHELASTIC_RUN_ID" in os.environ and os.getppid() != parent)


    context, width, vocabulary = shape["context"], shape["width"], shape["vocabulary"]
    batch = 4 if spec["batchTokens"] is None else spec["batchTokens"] / context
    if batch != int(batch) or batch < world:
        stop(spec, f"expected batchTokens in whole sequences of {context}, one a device at least, got {spec['batchTokens']}")
    batch = int(batch)
    tokens_of_step = batch * context
    steps = max(1, rounded(spec["tokens"] / tokens_of_step))
    branch_step = rounded(recipe["branchAt"] / tokens_of_step) if recipe["branchFrom"] else 0
    kept_steps = {rounded(tokens / tokens_of_step) for tokens in recipe["branches"]}  # where others branch off
    peak = spec["learningRate"] or 0.21 / (recipe["mupBaseWidth"] or width)
    rates = learning_rates(recipe, peak, steps, branch_step)

    train, held, lengths, corpus = read_data(said.data, context)
    texts = (recipe["data"] or {}).get("text", said.data.name)
    name = "+".join(Path(text).name for text in ([texts] if isinstance(texts, str) else texts))
    if recipe["uniqueTokens"]:
        train.windows = min(train.windows, (recipe["uniqueTokens"] - 1) // context)
    if train.windows < 1 or held.windows < 1:
        stop(spec, f"expected more than {context} tokens to train on and to hold out in {said.data}, got fewer")
    batch_at = batches(train.windows, batch, spec["seed"])
    count = min(held.windows, max(1, recipe["validationTokens"] // context))
    validation = [i * held.windows // count for i in range(count)]

    torch.manual_seed(spec["seed"])
    mup = width if recipe["mupBaseWidth"] is None else recipe["mupBaseWidth"]
    model = GPT(shape, recipe["embeddingStd"], mup / width)
    if said.init:
        model.load_flat(torch.from_numpy(numpy.fromfile(said.init, dtype="<f4")))
    model.to(device)
    total = sum(p.numel() for p in model.parameters())
    counts = dict(total=total, nonEmbedding=total - vocabulary * width * (1 if shape["tiedEmbeddings"] else 2), active=total)
    for convention, asked in spec["parameters"].items():
        if counts.get(convention, asked) != asked:
            stop(spec, f"expected the shape's {counts[convention]} {convention} parameters, got {asked}")
    optimizer = torch.optim.AdamW(
        [dict(params=params, factor=factor, weight_decay=recipe["weightDecay"] * decays, lr=0.0)
         for params, factor, decays in model.groups(mup / width)],
        betas=(recipe["beta1"], recipe["beta2"]), eps=recipe["epsilon"], **(dict(fused=True) if cuda else {}))

    # where it stood: its own checkpoint, or that of the run it branches off
    own = said.out / "checkpoint.pt"
    saved = load(own, device)
    if saved is None and branch_step:
        saved = load(Path(said.branch) / f"branch-{branch_step}.pt", device) if said.branch else None
        if saved is None:
            stop(spec, f"it branches off {recipe['branchFrom']}, which left no branch-{branch_step}.pt; add --branch {{branch}}")
        saved.update(curve=[], lossSum=0.0, lossSteps=0)
    state = dict(step=0, lossSum=0.0, lossSteps=0, firstLoss=None, curve=[], seconds=0.0)
    if saved is not None:
        model.load_state_dict(saved.pop("model"))
        optimizer.load_state_dict(saved.pop("optimizer"))
        for group, (_, factor, decays) in zip(optimizer.param_groups, model.groups(mup / width)):
            group.update(factor=factor, weight_decay=recipe["weightDecay"] * decays)
        state = saved
        if first:
            print(f"going on from step {state['step']}", flush=True)

    inner, runner = model, torch.compile(model) if said.compile else model
    if world > 1:
        runner = DistributedDataParallel(runner, device_ids=[device.index] if cuda else None)
    began, before = time.monotonic(), state["seconds"]

    def save(path):
        if not first:
            return
        kept = dict(state, seconds=before + time.monotonic() - began)
        kept.update(model=inner.state_dict(), optimizer=optimizer.state_dict())
        write_whole(path, lambda file: torch.save(kept, file))

    metrics = open(said.out / "metrics.jsonl", "a+b") if first else None
    if first and metrics.tell() > 0:
        metrics.seek(-1, os.SEEK_END)
        if metrics.read(1) != b"\n":  # a killed writer left half a line
            metrics.write(b"\n")

    def report(step, loss, split):
        point = dict(step=step, tokens=step * tokens_of_step, loss=loss, split=split)
        state["curve"].append(point)
        if first:
            seconds = time.monotonic() - began
            metrics.write((json.dumps(dict(point, seconds=round(seconds, 3))) + "\n").encode())
            metrics.flush()
            print(f"step {step} of {steps}: {split} loss {loss:.4f} nats/token, {seconds:.1f} s", flush=True)

    def summed(*values):
        """Over all devices."""
        if world == 1:
            return values
        together = torch.tensor(values, dtype=torch.float32 if device.type == "mps" else torch.float64, device=device)
        dist.all_reduce(together)
        return together.tolist()

    def pieces(rows):
        """This device's share of some rows, as many at a time as it was told."""
        mine = rows[rank::world]
        size = said.micro_batch or len(mine) or 1
        return [mine[i : i + size] for i in range(0, len(mine), size)]

    def fetch(data, which):
        rows = data.take(which)
        return rows.pin_memory().to(device, non_blocking=True) if cuda else rows.to(device)

    def train_step(step):
        """One step on all devices: the mean loss before it, the gradient's norm, and whether anybody was told to stop."""
        nats, parts = 0.0, pieces(batch_at(step))
        for i, which in enumerate(parts):
            apart = world > 1 and i < len(parts) - 1  # gradients are exchanged with the last piece
            with runner.no_sync() if apart else nullcontext():
                with autocast:
                    loss = runner(fetch(train, which))
                (loss * (world / tokens_of_step)).backward()  # the exchange takes the mean
            nats = nats + loss.detach()
        norm = torch.nn.utils.clip_grad_norm_(inner.parameters(), recipe["clip"] or math.inf)
        for group in optimizer.param_groups:
            group["lr"] = rates[step] * group["factor"]
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        nats, halt = summed(float(nats), float(stopped()))
        return nats / tokens_of_step, float(norm), halt > 0

    @torch.no_grad()
    def validate():
        nats = 0.0
        size = said.micro_batch or max(1, batch // world)
        mine = validation[rank::world]
        for i in range(0, len(mine), size):
            with autocast:
                nats += float(inner(fetch(held, mine[i : i + size])))
        return summed(nats)[0] / (count * context)

    points = curve_steps(steps, recipe["curveFrom"])
    diverged, loss_held, last_saved = False, None, time.monotonic()
    while state["step"] < steps and not diverged:
        loss, norm, halt = train_step(state["step"])
        state["step"] += 1
        step = state["step"]
        if state["firstLoss"] is None:
            state["firstLoss"] = loss
        # twice as bad as at the start, or as a guess among all tokens, is no training any more
        worst = 2 * max(state["firstLoss"], math.log(vocabulary))
        diverged = not (math.isfinite(norm) and loss <= worst)
        if diverged:
            break
        state["lossSum"] += loss
        state["lossSteps"] += 1
        if step in points or (said.every and step % said.every == 0):
            report(step, state["lossSum"] / state["lossSteps"], "train")
            state.update(lossSum=0.0, lossSteps=0)
        if step in points:
            loss_held = validate()
            diverged = not math.isfinite(loss_held)
            if diverged:
                break
            report(step, loss_held, "validation")
        if step in kept_steps:
            save(said.out / f"branch-{step}.pt")
        due = time.monotonic() - last_saved > said.checkpoint_seconds
        if step < steps and (halt or due):  # at the end only run.json is missing, and one step makes the loss that it needs
            save(own)
            last_saved = time.monotonic()
        if halt and step < steps:
            print(f"told to stop: kept at step {step}", flush=True)
            sys.exit(143)

    if not diverged:  # at its end no better than a guess, or than it began
        diverged = loss_held > max(state["firstLoss"], math.log(vocabulary))
    if first:
        finish(said, spec, state, dict(
            diverged=diverged, loss=loss_held, counts=counts, name=name, shape=shape, seconds=before + time.monotonic() - began,
            unique=train.windows * context, tokens=state["step"] * tokens_of_step,
            bytes=None if lengths is None else int(sum(lengths[held.window(i)[1:]].sum() for i in validation)),
            nats=None if diverged else loss_held * count * context,
            extra=dict(engine=f"PyTorch {torch.__version__}, {world} {device.type}, {'bfloat16' if bfloat16 else 'float32'}",
                       corpus=corpus, steps=state["step"], epochs=state["step"] * batch / train.windows,
                       learningRate=peak, schedule="wsd" if recipe["decay"] else recipe["schedule"])))
        own.unlink(missing_ok=True)
    if world > 1:
        dist.barrier()  # nobody closes the line while another still talks
        dist.destroy_process_group()


def finish(said, spec, state, end):
    """Writes run.json: from here on the run has ended."""
    shape, extra = end["shape"], end["extra"]
    if end["diverged"]:
        extra["divergedAtStep"] = state["step"]
    losses = []
    if not end["diverged"]:
        losses.append(dict(value=end["loss"], unit="nats/token", split="validation", name=end["name"]))
        if end["bytes"]:
            bits = end["nats"] / end["bytes"] / math.log(2)
            losses.append(dict(value=bits, unit="bits/byte", split="validation", name=end["name"]))
    run = dict(
        format="isoflop.run/1", id=spec["id"], spec=spec, status="diverged" if end["diverged"] else "finished",
        parameters=end["counts"], tokens=end["tokens"], uniqueTokens=min(end["tokens"], end["unique"]),
        flops=dict(value=end["tokens"] * exact_flops(shape), convention="exact"),
        losses=losses, curve=state["curve"], seconds=end["seconds"],
        origin=dict(source=f"pytorch, {end['name']}", row=None), extra=extra)
    text = json.dumps(run, indent=2, allow_nan=False) + "\n"
    write_whole(said.out / "run.json", lambda file: file.write(text.encode()))


def exact_flops(s):
    """Of a token's training: every matrix product, attention scores and head included (isoflop's "exact")."""
    a = s["heads"] * s["headSize"]
    matrices = 2 * s["width"] * (a + s["kvHeads"] * s["headSize"]) + (3 if s["gatedFfn"] else 2) * s["width"] * s["ffnSize"]
    scores = 4 * s["context"] * a + 3 * s["heads"] * s["context"]
    return 3 * (s["layers"] * (2 * matrices + scores) + 2 * s["vocabulary"] * s["width"])


if __name__ == "__main__":
    main()
