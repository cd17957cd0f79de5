"""Checks that Hugging Face's transformers loads what nabla saves: no key missing or unexpected, and the same logits.

Run by hand, in an environment that has Deno, with torch and transformers as for make.py: `python check_saved.py`.
"""

import json
import logging
import subprocess
import tempfile
from pathlib import Path

import torch
import transformers

HERE = Path(__file__).parent
# What the saved folder is to be loaded as, and which outputs the answers hold.
CLASSES = {
    "gpt2": "GPT2LMHeadModel",
    "gpt2_model": "GPT2LMHeadModel",
    "gpt2_untied": "GPT2LMHeadModel",
    "bert": "BertForPreTraining",
    "bert_model": "BertModel",
    "bert_masked": "BertForMaskedLM",
    "bert_untied": "BertForMaskedLM",
    "bert_sequences": "BertForSequenceClassification",
    "bert_tokens": "BertForTokenClassification",
    "bert_answers": "BertForQuestionAnswering",
    "own_gpt": "GPT2LMHeadModel",
    "own_bert": "BertModel",
    "own_pre_training": "BertForPreTraining",
}
OUTPUTS = {
    "logits": "logits",
    "hidden": "last_hidden_state",
    "pooled": "pooler_output",
    "start": "start_logits",
    "end": "end_logits",
    "mlm": "prediction_logits",
    "nsp": "seq_relationship_logits",
}


def check(folder, name, class_name):
    options = {"add_pooling_layer": False} if name == "own_bert" else {}
    load = getattr(transformers, class_name).from_pretrained
    model, info = load(folder, output_loading_info=True, **options)
    wrong = {kind: names for kind, names in info.items() if names}
    assert not wrong, f"{name}: {wrong}"
    assert model.config.architectures == [class_name], model.config.architectures
    path = HERE / name / "answers.json"
    if not path.exists():
        return None
    answers = json.loads(path.read_text())
    tokens = torch.tensor(answers["tokens"])
    if name == "gpt2":
        tokens = tokens[:, :-1]
    names = {"mask": "attention_mask", "segments": "token_type_ids"}
    inputs = {names.get(key, key): torch.tensor(value) for key, value in answers.items() if key in (*names, *names.values())}
    out = model.double().eval()(tokens, **inputs)
    found = {key: getattr(out, own) for key, own in OUTPUTS.items() if key in answers}
    return max((value - torch.tensor(answers[key], dtype=torch.float64)).abs().max().item() for key, value in found.items())


with tempfile.TemporaryDirectory() as folder:
    script = ["deno", "run", "-A", str(HERE / "save_again.ts"), folder]
    subprocess.run(script, check=True)
    warnings = []
    handler = logging.Handler()
    handler.emit = lambda record: warnings.append(record.getMessage())
    transformers.utils.logging.get_logger().addHandler(handler)
    for name, class_name in CLASSES.items():
        worst = check(Path(folder) / name, name, class_name)
        print(f"{name}: {class_name}, no key missing or unexpected" + ("" if worst is None else f", logits within {worst:.1e}"))
        assert worst is None or worst < 1e-12
    print(f"warnings: {warnings or 'none'}")
