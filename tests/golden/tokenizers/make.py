"""Makes tokenizers.json, what tokenizers_golden_test.ts compares with: `pip install tokenizers==0.23.3 tiktoken==0.14.0`.

Hugging Face's tokenizers (training, files, BERT's words and pieces) and OpenAI's tiktoken (encodings) are the oracles.
"""

import json
import pathlib
import subprocess
import tempfile

import tiktoken
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

VERSE = """Tomorrow, and tomorrow, and tomorrow,
Creeps in this petty pace from day to day,
To the last syllable of recorded time;
And all our yesterdays have lighted fools
The way to dusty death. Out, out, brief candle!
Life's but a walking shadow, a poor player,
That struts and frets his hour upon the stage,
And then is heard no more. It is a tale
Told by an idiot, full of sound and fury,
Signifying nothing.

Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date;
Sometime too hot the eye of heaven shines,
And often is his gold complexion dimm'd;
And every fair from fair sometime declines,
By chance or nature's changing course untrimm'd;
But thy eternal summer shall not fade,
Nor lose possession of that fair thou ow'st;
"""

LINES = [
    "",
    " ",
    "the day",
    "I'll say we've   three\n\n\tspaces  \n",
    "aaaaaaaa",
    "It's 10,000.50£ or 5½ kg; x²+y²=z²",
    "Crème brûlée, Straße, Ωμέγα, İstanbul",
    "naïve nai\u0308ve \u0130\u0131",
    "東京は日本の首都です。",
    "नमस्ते दुनिया",
    "👩‍👩‍👧 family 🇩🇪",
    "a\u00a0b\u0085c\ufeffd\u2028e\u3000f\u200bg",
    "tab\tand\x00nul\x1cfs\x7fdel\u00adsoft\ufffd",
    "<|endoftext|> [MASK] [CLS] ##ing $5^2 `x` ~/a_b",
    "don't DON'T ''s 'll'",
]


def byte_characters():
    """GPT-2's character of each byte."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [b for b in range(256) if b not in printable]
    return {**{b: chr(b) for b in printable}, **{b: chr(256 + i) for i, b in enumerate(others)}}


CHARACTERS = byte_characters()
BYTES = {character: byte for byte, character in CHARACTERS.items()}
SPLIT = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)


def split(text):
    """The words of GPT-2's rule, as bytes."""
    return [bytes(BYTES[c] for c in word) for word, _ in SPLIT.pre_tokenize_str(text)]


def train(text, merges):
    """Merges as pairs of numbers: a byte is its value, the merge k makes 256 + k."""
    # a character a byte, in the bytes' order, so that the trainer numbers them, and breaks ties, as nabla does
    words = " ".join("".join(chr(0x4E00 + byte) for byte in word) for word in split(text))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    alphabet = [chr(0x4E00 + byte) for byte in range(256)]
    tokenizer.train_from_iterator(
        [words],
        trainers.BpeTrainer(
            vocab_size=256 + merges, min_frequency=2, initial_alphabet=alphabet, show_progress=False
        ),
    )
    model = json.loads(tokenizer.to_str())["model"]
    return [[model["vocab"][left], model["vocab"][right]] for left, right in model["merges"]]


def encode(merges, text):
    """tiktoken's encoding."""
    pieces = [bytes([byte]) for byte in range(256)]
    for left, right in merges:
        pieces.append(pieces[left] + pieces[right])
    pattern = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
    ranks = {piece: rank for rank, piece in enumerate(pieces)}
    return tiktoken.Encoding("golden", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}).encode(text)


def gpt2_files(text, vocab_size):
    """GPT-2's two files as Hugging Face writes them, and the encodings of LINES."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = SPLIT
    tokenizer.train_from_iterator(
        [text],
        trainers.BpeTrainer(
            vocab_size=vocab_size,
            min_frequency=2,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            special_tokens=["<s>", "<|endoftext|>"],
            show_progress=False,
        ),
    )
    with tempfile.TemporaryDirectory() as folder:
        vocabulary, merges = map(pathlib.Path, tokenizer.model.save(folder))
        files = {"vocabulary": vocabulary.read_text("utf-8"), "merges": merges.read_text("utf-8")}
    plain = [line for line in LINES if "<|" not in line]  # here a special token's name in the text is that token
    return {**files, "encodings": [[line, tokenizer.encode(line).ids] for line in plain]}


def bert(text, vocab_size, lower_case):
    """A WordPiece vocabulary and, of every line, BERT's words and tokens."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower_case)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size, min_frequency=2, special_tokens=special, show_progress=False
    )
    tokenizer.train_from_iterator([text], trainer)
    pieces = [piece for piece, _ in sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])]
    plain = Tokenizer(models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token="[UNK]"))
    plain.normalizer, plain.pre_tokenizer = tokenizer.normalizer, tokenizer.pre_tokenizer
    words = lambda line: [
        word for word, _ in plain.pre_tokenizer.pre_tokenize_str(plain.normalizer.normalize_str(line))
    ]
    return {
        "lowerCase": lower_case,
        "pieces": pieces,
        "lines": [[line, words(line), plain.encode(line).ids] for line in LINES],
    }


text = VERSE + "\n".join(LINES)
merges = train(text, 120)
golden = {
    "text": text,
    "splits": [[line, [word.decode() for word in split(line)]] for line in LINES],
    "merges": merges,
    "encodings": [[line, encode(merges, line)] for line in LINES],
    "gpt2": gpt2_files(text, 320),
    "bert": [bert(text, 200, True), bert(text, 220, False)],
}
path = pathlib.Path(__file__).parent / "tokenizers.json"
path.write_text(json.dumps(golden, indent=None, separators=(",", ":")) + "\n")
subprocess.run(["deno", "fmt", "--quiet", path], check=True)
print(path, path.stat().st_size, "bytes")
