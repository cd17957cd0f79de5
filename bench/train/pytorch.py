"""The training step in PyTorch, eager, as nanoGPT takes it on a CPU; it speaks as serve.ts says.

pytorch.py THREADS SIZES, sizes as JSON of configuration.ts
"""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

threads, settings = int(sys.argv[1]), json.loads(sys.argv[2])
V, T, L, H, C = (settings["sizes"][key] for key in ("vocabSize", "contextLength", "layers", "heads", "dim"))
optimizer_settings, max_norm = settings["optimizer"], settings["maxNorm"]
torch.set_num_threads(threads)
torch.manual_seed(1)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention_norm = nn.LayerNorm(C, bias=False)
        self.qkv = nn.Linear(C, 3 * C, bias=False)
        self.out = nn.Linear(C, C, bias=False)
        self.feed_forward_norm = nn.LayerNorm(C, bias=False)
        self.up = nn.Linear(C, 4 * C, bias=False)
        self.down = nn.Linear(4 * C, C, bias=False)

    def forward(self, x):  # [B, T, C]
        heads = [part.unflatten(-1, (H, C // H)).transpose(1, 2) for part in self.qkv(self.attention_norm(x)).split(C, -1)]
        attended = F.scaled_dot_product_attention(*heads, is_causal=True)  # [B, H, T, D]
        x = x + self.out(attended.transpose(1, 2).flatten(-2))
        return x + self.down(F.gelu(self.up(self.feed_forward_norm(x)), approximate="tanh"))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens = nn.Embedding(V, C)
        self.positions = nn.Embedding(T, C)
        self.blocks = nn.Sequential(*[Block() for _ in range(L)])
        self.norm = nn.LayerNorm(C, bias=False)
        for name, parameter in self.named_parameters():
            residual = name.endswith(("out.weight", "down.weight"))
            if parameter.dim() >= 2:
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * L) if residual else 0.02)

    def forward(self, inputs, targets):  # [B, T]
        x = self.tokens(inputs) + self.positions(torch.arange(T))
        logits = F.linear(self.norm(self.blocks(x)), self.tokens.weight)  # [B, T, V]
        return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


gpt = GPT()
matrices = [p for p in gpt.parameters() if p.dim() >= 2]
gains = [p for p in gpt.parameters() if p.dim() < 2]


def step(optimizer, batch):
    inputs, targets = (torch.tensor(batch[key]) for key in ("inputs", "targets"))
    loss = gpt(inputs, targets)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(gpt.parameters(), max_norm)
    optimizer.step()
    return loss.item()


def main():
    optimizer = torch.optim.AdamW(
        [{"params": matrices}, {"params": gains, "weight_decay": 0.0}],
        lr=optimizer_settings["lr"],
        betas=optimizer_settings["betas"],
        weight_decay=optimizer_settings["weightDecay"],
        fused=True,
    )
    plural = "" if threads == 1 else "s"
    answer({"name": f"PyTorch {torch.__version__}, {threads} thread{plural}", "update": "clipping, fused AdamW"})
    for line in sys.stdin:
        ms, losses = [], []
        for batch in json.loads(line):
            start = time.perf_counter()
            losses.append(step(optimizer, batch))
            ms.append(1000 * (time.perf_counter() - start))
        answer({"ms": ms, "losses": losses})


def answer(message):
    print(json.dumps(message), flush=True)


main()
