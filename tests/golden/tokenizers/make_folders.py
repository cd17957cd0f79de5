"""Makes the tokenizer folders beside this file, and in each answers.json, the tokens that Hugging Face's libraries give.

Run once with `pip install tokenizers==0.23.3 transformers==5.24.0`; the tests read only what it wrote.
"""

import json
import shutil
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer, BertTokenizer, GPT2Tokenizer, RobertaTokenizer

HERE = Path(__file__).parent

TEXT = """The ferry was late again, and the ferryman said that he'd known it would be. "I've seen this river rise
before," he told the baker's daughter, "in '47 and in 1952, and it'll rise once more." She wasn't listening. She was
counting the loaves: 12 for the inn, 7 for the mill, 30 for the school across the water.

Later, when the rain had stopped, they're said to have sung. Nobody remembers the song; everybody remembers the singing.
A café opened there in spring. Its owner, naïve and cheerful, wrote “crème brûlée” on a board outside, and sold none.
The ferry is gone now. There is a bridge, and under the bridge the river, and under the river the stones, and they do not
mind whether we're late or not. We'll cross it anyway, won't we? We've crossed it 1,000 times.
"""

LINES = [
    "",
    " ",
    "the river",
    "The ferryman's song, again and again.",
    "I'll say WE'VE   three\n\n\tspaces  \n",
    "it's 10,000.50£ or 5½ kg; x²+y²=z², 1234567",
    "Crème brûlée, Straße, Ωμέγα ΣΑΣ, İstanbul",
    "naïve nai\u0308ve \u0130\u0131",
    "東京は日本の首都です。",
    "नमस्ते दुनिया, 한국어",
    "I ❤️ NY ☀️ 👩‍👩‍👧 🇩🇪 5️⃣",
    "a\u00a0b\u0085c\ufeffd\u2028e\u3000f\u200bg\ue000h",
    "tab\tand\x00nul\x1cfs\x7fdel\u00adsoft\ufffd",
    "<|endoftext|>river<s> <mask>  river</s>[MASK] [CLS]##ing",
    "don't DON'T ''s 'll' 'ſ",
    "bridge bridges Bridge abridged <x>  the stones",
    "end\r\nof line\rhere",
]

PAIRS = [["the river", "The ferry is gone."], ["", "again"], ["we're late", ""]]

LLAMA = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
    r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def byte_pairs(pre_tokenizer, special=(), vocab_size=360, alphabet=True, normalizer=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.decoder = decoders.ByteLevel()
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if alphabet else [],
        show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    return tokenizer


def word_pieces(vocab_size=300, **cleaning):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(**cleaning)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=vocab_size, special_tokens=special, show_progress=False)
    tokenizer.train_from_iterator([TEXT], trainer)
    return tokenizer


def model_of(tokenizer):
    return json.loads(tokenizer.to_str())["model"]


def answer(folder, tokenizer):
    """Writes what a tokenizer of the library tokenizers makes of LINES and PAIRS."""
    lines = [
        [line, tokenizer.encode(line, add_special_tokens=False).ids, tokenizer.encode(line).ids] for line in LINES
    ]
    pairs = [[a, b, (e := tokenizer.encode(a, b)).ids, e.type_ids] for a, b in PAIRS]
    answers = {"lines": lines, "pairs": pairs}
    (folder / "answers.json").write_text(json.dumps(answers, separators=(",", ":")) + "\n")


def new_folder(name):
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def save(name, tokenizer):
    """A folder with a tokenizer.json of the library tokenizers, without the blanks that it writes."""
    folder = new_folder(name)
    text = json.dumps(json.loads(tokenizer.to_str()), ensure_ascii=False, separators=(",", ":"))
    (folder / "tokenizer.json").write_text(text + "\n", "utf-8")
    answer(folder, Tokenizer.from_str(text))


def save_pretrained(name, tokenizer):
    """A folder as transformers writes it, read again by AutoTokenizer."""
    folder = new_folder(name)
    tokenizer.save_pretrained(folder)
    answer(folder, AutoTokenizer.from_pretrained(folder)._tokenizer)


ByteLevel = pre_tokenizers.ByteLevel

# as transformers writes them
model = model_of(byte_pairs(ByteLevel(add_prefix_space=False), ["<|endoftext|>"]))
save_pretrained("gpt2", GPT2Tokenizer(vocab=model["vocab"], merges=[tuple(pair) for pair in model["merges"]]))
model = model_of(byte_pairs(ByteLevel(add_prefix_space=True), ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]))
save_pretrained(
    "roberta",
    RobertaTokenizer(
        vocab=model["vocab"], merges=[tuple(pair) for pair in model["merges"]], add_prefix_space=True
    ),
)
model = model_of(word_pieces())
save_pretrained("bert", BertTokenizer(vocab=model["vocab"], do_lower_case=True))

# Llama 3: its pattern, every way to make a token as a merge, whole words first, one token before a text
tokenizer = byte_pairs(
    pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(LLAMA), "isolated"), ByteLevel(add_prefix_space=False, use_regex=False)]
    )
)
parts = json.loads(tokenizer.to_str())
vocab = parts["model"]["vocab"]
parts["model"]["merges"] = [
    [piece[:cut], piece[cut:]]
    for piece in sorted(vocab, key=vocab.get)
    for cut in range(1, len(piece))
    if piece[:cut] in vocab and piece[cut:] in vocab
]
parts["model"]["ignore_merges"] = True
tokenizer = Tokenizer.from_str(json.dumps(parts))
tokenizer.add_special_tokens(["<|begin_of_text|>", "<|end_of_text|>"])
begin = tokenizer.token_to_id("<|begin_of_text|>")
tokenizer.post_processor = processors.Sequence(
    [
        processors.ByteLevel(trim_offsets=False),
        processors.TemplateProcessing(
            single="<|begin_of_text|> $A",
            pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
            special_tokens=[("<|begin_of_text|>", begin)],
        ),
    ]
)
save("llama", tokenizer)

# bytes that the vocabulary lacks, a normalization, digits one by one, added tokens of every kind
tokenizer = byte_pairs(
    pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), ByteLevel(add_prefix_space=False)]),
    ["<|endoftext|>"],
    vocab_size=200,
    alphabet=False,
    normalizer=normalizers.NFC(),
)
tokenizer.add_tokens([AddedToken("river"), AddedToken("bridge", single_word=True)])
tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True), AddedToken("<x>", rstrip=True)])
save("added", tokenizer)

# WordPiece with capitals, without accents; words added, one of them in capitals; BERT's own post-processor
tokenizer = word_pieces(lowercase=False, strip_accents=True, handle_chinese_chars=False)
tokenizer.add_tokens([AddedToken("Bridge", single_word=True), AddedToken("CRÈME")])
tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
save("bert_added", tokenizer)

# a vocab.txt with an empty line, and one that is there twice
pieces = sorted(vocab := model_of(word_pieces())["vocab"], key=vocab.get)
pieces[40:40] = ["", "the"]
folder = new_folder("vocab_txt")
(folder / "vocab.txt").write_text("\n".join(pieces) + "\n", "utf-8")
answer(folder, BertTokenizer.from_pretrained(folder)._tokenizer)

# files of GPT-2's with numbers that are missing, in no order; merges in another order, one twice, one of a part made later
parts = model_of(byte_pairs(ByteLevel(add_prefix_space=False), [], vocab_size=330))
merges = [" ".join(pair) for pair in parts["merges"]]
merges = merges[:40:2] + merges[1:40:2] + merges[:3] + [""] + merges[40:]
vocab = {piece: 3 * (number * 7 % 331) + 5 for piece, number in parts["vocab"].items()}
folder = new_folder("gpt2_files")
(folder / "vocab.json").write_text(json.dumps(vocab))
(folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", "utf-8")
plain = Tokenizer(models.BPE(vocab=vocab, merges=[tuple(merge.split()) for merge in merges if merge]))
plain.pre_tokenizer = ByteLevel(add_prefix_space=False)
answer(folder, plain)

for path in sorted(HERE.glob("*/*")):
    print(path.relative_to(HERE), path.stat().st_size)
