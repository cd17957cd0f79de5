"""Makes the golden models beside this file: small random GPT-2 and BERT folders, and PyTorch's answers in float64.

Run once with `pip install torch==2.13.0 transformers==5.24.0`; the tests read only what it wrote.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForPreTraining,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    BertForTokenClassification,
    BertModel,
    GPT2Config,
    GPT2LMHeadModel,
    GPT2Model,
)

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
    tokens[:, 3] = 0  # the padding token, where it is not masked: its row of the table gets no gradient from here
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


def class_answers(*, outputs, vocab_size, bert=False):
    """Answers of one class: what the model makes of tokens, 0 among them, with padding and segments for a BERT."""

    def answers(model):
        tokens = torch.randint(0, vocab_size, (2, 6))
        tokens[:, 1] = 0
        inputs = {}
        if bert:
            mask = torch.ones_like(tokens)
            mask[1, 4:] = 0
            segments = torch.zeros_like(tokens)
            segments[:, 3:] = 1
            inputs = {"attention_mask": mask, "token_type_ids": segments}
        out = model(tokens, **inputs)
        lists = {name: tensor.tolist() for name, tensor in inputs.items()}
        return {"tokens": tokens.tolist(), **lists, **{name: of(model, out).tolist() for name, of in outputs.items()}}

    return answers


def rename_norms(folder):
    """Gives the norms the names that the first BERT files have."""
    path = folder / "model.safetensors"
    old = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    tensors = {}
    for name, tensor in load_file(path).items():
        for new, before in old.items():
            name = name.replace(new, before)
        tensors[name] = tensor
    save_file(tensors, path, metadata={"format": "pt"})


def make(name, model, outputs, *, dtype=torch.float32, shards=None, bert=False, old_norms=False):
    randomise(model)
    model = model.to(dtype)
    folder = HERE / name
    model.save_pretrained(folder, **({"max_shard_size": shards} if shards else {}))
    (folder / "generation_config.json").unlink(missing_ok=True)
    if old_norms:
        rename_norms(folder)
    answers = class_answers(outputs=outputs, vocab_size=model.config.vocab_size, bert=bert)(model.double().eval())
    (folder / "answers.json").write_text(json.dumps(answers) + "\n")


def logits(_, out):
    return out.logits


# Each class of Hugging Face's once, and each way of storing it: shards, bfloat16, old names; settings that differ from
# the defaults: functions, widths, dropout of several rates, tables that are not tied, names of classes.
torch.manual_seed(2)
sizes = {"vocab_size": 13, "n_positions": 8, "n_embd": 8, "n_layer": 2, "n_head": 2}
config = GPT2Config(**sizes, n_inner=20, activation_function="relu", bos_token_id=1, eos_token_id=2)
make("gpt2_model", GPT2Model(config), {"logits": lambda m, out: out[0] @ m.wte.weight.T}, shards="4KB")
dropouts = {"resid_pdrop": 0.1, "embd_pdrop": 0.2, "attn_pdrop": 0.3}
config = GPT2Config(**sizes, **dropouts, activation_function="silu", tie_word_embeddings=False, eos_token_id=None)
make("gpt2_untied", GPT2LMHeadModel(config), {"logits": logits}, dtype=torch.bfloat16)

sizes = {"vocab_size": 13, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2}
sizes |= {"intermediate_size": 12, "max_position_embeddings": 7}
both = {"hidden": lambda _, out: out.last_hidden_state, "pooled": lambda _, out: out.pooler_output}
config = BertConfig(**sizes | {"num_hidden_layers": 2}, hidden_act="gelu_new", hidden_dropout_prob=0.2, attention_probs_dropout_prob=0.3)
make("bert_model", BertModel(config), both, shards="4KB", bert=True)
make("bert_masked", BertForMaskedLM(BertConfig(**sizes, hidden_act="relu")), {"logits": logits}, dtype=torch.bfloat16, bert=True)
untied = BertForMaskedLM(BertConfig(**sizes, tie_word_embeddings=False, pad_token_id=None))
make("bert_untied", untied, {"logits": logits}, bert=True)
names = {"id2label": {0: "bad", 1: "so so", 2: "good"}, "label2id": {"bad": 0, "so so": 1, "good": 2}}
config = BertConfig(**sizes, **names, classifier_dropout=0.4)
make("bert_sequences", BertForSequenceClassification(config), {"logits": logits}, bert=True, old_norms=True)
make("bert_tokens", BertForTokenClassification(BertConfig(**sizes, num_labels=5)), {"logits": logits}, shards="4KB", bert=True)
spans = {"start": lambda _, out: out.start_logits, "end": lambda _, out: out.end_logits}
make("bert_answers", BertForQuestionAnswering(BertConfig(**sizes)), spans, bert=True)
