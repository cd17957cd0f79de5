"""Makes the golden models beside this file: small random GPT-2 and BERT folders, and PyTorch's answers in float64.

Run once with `pip install torch==2.13.0 transformers==5.23.0`; the tests read only what it wrote.
"""

import json
from pathlib import Path

import torch
from transformers import BertConfig, BertForPreTraining, GPT2Config, GPT2LMHeadModel

HERE = Path(__file__).parent
STEPS = 12


def randomise(model):
    """Moves every parameter, so that none is 0 or 1 where another mistake could hide behind it."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))


def save(model, folder, answers):
    model.save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    answers = answers(model.double().eval())
    (folder / "answers.json").write_text(json.dumps(answers) + "\n")


def train(model, loss_of):
    """The losses before each of twelve steps of AdamW with clipping, as nanoGPT trains."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.95), weight_decay=0.1)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = loss_of(model)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    return losses


def gpt2_answers(model):
    tokens = torch.randint(0, 17, (3, 10))
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    logits = model(inputs).logits
    greedy = model.generate(tokens[:1, :3], max_new_tokens=8, do_sample=False, pad_token_id=0, eos_token_id=None)

    def loss_of(model):
        return torch.nn.functional.cross_entropy(model(inputs).logits.flatten(0, 1), targets.flatten())

    answers = {"tokens": tokens.tolist(), "logits": logits.tolist(), "greedy": greedy[0].tolist()}
    return answers | {"losses": train(model, loss_of)}


def bert_answers(model):
    tokens = torch.randint(0, 19, (3, 9))
    segments = (torch.arange(9) > 4).long().expand(3, 9)
    mask = torch.ones(3, 9).long()
    mask[1, 7:] = 0
    mask[2, 4:] = 0
    labels = torch.where(torch.rand(3, 9) < 0.4, tokens, -100).masked_fill(mask == 0, -100)
    follows = torch.tensor([0, 1, 1])

    def run(model):
        return model(input_ids=tokens, token_type_ids=segments, attention_mask=mask)

    def loss_of(model):
        out = run(model)
        masked = torch.nn.functional.cross_entropy(out.prediction_logits.flatten(0, 1), labels.flatten())
        return masked + torch.nn.functional.cross_entropy(out.seq_relationship_logits, follows)

    out = run(model)
    return {
        "tokens": tokens.tolist(),
        "segments": segments.tolist(),
        "mask": mask.tolist(),
        "labels": labels.tolist(),
        "follows": follows.tolist(),
        "mlm": out.prediction_logits.tolist(),
        "nsp": out.seq_relationship_logits.tolist(),
        "losses": train(model, loss_of),
    }


torch.manual_seed(1)
no_dropout = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
sizes = {"vocab_size": 17, "n_positions": 12, "n_embd": 12, "n_layer": 2, "n_head": 3}
gpt2 = GPT2LMHeadModel(GPT2Config(**sizes, **no_dropout, bos_token_id=0, eos_token_id=0))
randomise(gpt2)
save(gpt2, HERE / "gpt2", gpt2_answers)

no_dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
sizes = {"vocab_size": 19, "hidden_size": 12, "num_hidden_layers": 2, "num_attention_heads": 3}
sizes |= {"intermediate_size": 20, "max_position_embeddings": 11}
bert = BertForPreTraining(BertConfig(**sizes, **no_dropout))
randomise(bert)
save(bert, HERE / "bert", bert_answers)
