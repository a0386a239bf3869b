"""Makes small tokenizers of each kind, and what the reference makes of a hard corpus with them.

    pip install tokenizers==0.23.2 && python make-expected.py [TOKENIZER_OF_MINILM]

Writes `wordpiece.json`, `byte-bpe.json` and `unigram.json`, and `expected.json`: for each tokenizer the ids of every
text of `corpus.json`, cut off at 64 tokens. With the `tokenizer.json` of all-MiniLM-L6-v2, what that makes of them, too,
as `minilm.json`.
"""

import json
import sys
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

here = Path(__file__).parent
max_tokens = 64
texts = [part["text"] * part.get("times", 1) for part in json.loads((here / "corpus.json").read_text())]
words = (
    "the harbour master wrote down every ship that came in before noon and how much rain had fallen "
    "returning shoes is free within thirty days when they were not worn outside 0123456789 "
    "Zürich café naïve 今日は雨です 오늘은 비가 온다 Привет мир שלום مرحبا 👩‍👩‍👧‍👦 🇿🇼 ﬁ ½ Å ａｂｃ"
).split()
training = [" ".join(words[i:] + words[:i]) for i in range(len(words))]


def wordpiece():
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    made.train_from_iterator(training, trainers.WordPieceTrainer(vocab_size=400, special_tokens=special))
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    made.decoder = decoders.WordPiece()
    return made


def byte_bpe():
    made = Tokenizer(models.BPE(unk_token=None))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        training, trainers.BpeTrainer(vocab_size=450, special_tokens=special, initial_alphabet=alphabet)
    )
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    made.decoder = decoders.ByteLevel()
    return made


def unigram():
    made = Tokenizer(models.Unigram())
    made.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("  ", " ")])
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    made.train_from_iterator(
        training, trainers.UnigramTrainer(vocab_size=300, special_tokens=special, unk_token="<unk>")
    )
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    made.decoder = decoders.Metaspace()
    return made


def read_by(tokenizer):
    tokenizer.no_padding()
    tokenizer.no_truncation()
    lengths = [len(tokenizer.encode(text).ids) for text in texts]
    tokenizer.enable_truncation(max_tokens)
    return [
        {"ids": tokenizer.encode(text).ids, "isTruncated": length > max_tokens}
        for text, length in zip(texts, lengths)
    ]


def write(name, value):
    (here / name).write_text(json.dumps(value, indent=2) + "\n")


expected = {}
for name, make in [("wordpiece", wordpiece), ("byte-bpe", byte_bpe), ("unigram", unigram)]:
    tokenizer = make()
    # As published tokenizers do it, which has to be overridden.
    tokenizer.enable_padding(length=8)
    tokenizer.enable_truncation(16)
    tokenizer.save(str(here / f"{name}.json"), pretty=False)
    expected[name] = read_by(tokenizer)
write("expected.json", expected)
for path in sys.argv[1:]:
    write("minilm.json", read_by(Tokenizer.from_file(path)))
