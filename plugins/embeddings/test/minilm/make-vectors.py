"""Makes texts.json and vectors.f16: 1,000 texts, and what PyTorch makes of them with all-MiniLM-L6-v2.

    python -m venv venv && venv/bin/pip install torch transformers safetensors numpy
    venv/bin/python make-vectors.py FOLDER_OF_THE_MODEL

Of each vector of 384 numbers, 64 are kept, as little-endian half-precision floats: of text i those from 64 * (i % 6) on.
What is committed was made with torch 1.12.1 and transformers 4.38.2.
"""

import json
import pathlib
import random
import sys

import numpy
import torch
from transformers import AutoModel, AutoTokenizer

here = pathlib.Path(__file__).parent
rng = random.Random(20)

WORDS = {
    "en": "the harbour pilot a storm over northern lights we measured carefully because every ship carries grain and "
    "nobody asked whether old maps were wrong when rivers changed their course engine repair manual pages torn "
    "invoice payment overdue customer wrote again about the refund protein folds under heat while theory predicts "
    "otherwise judge ruled contract void children sing softly winter bread dough rises slowly",
    "de": "der Hafen liegt still und niemand weiß warum die Brücke gesperrt wurde obwohl gestern noch Züge fuhren "
    "Rechnung bezahlt Versicherung kündigen Gemüse schneiden Straßenbahn Übergang schön grüßen",
    "fr": "le jardin était calme après la pluie où l'on entendait déjà les oiseaux chanter malgré la forêt brûlée "
    "facture impayée garçon élève français cœur",
    "es": "mañana volveremos al pueblo donde la abuela cocinaba pan con aceite y contaba historias del río señor niño",
    "ru": "вчера мы долго шли вдоль реки и говорили о книгах которые никто не читает поезд опоздал на час",
    "el": "το πλοίο έφυγε νωρίς το πρωί από το λιμάνι χωρίς καπετάνιο",
    "zh": "昨天 我们 沿着 河边 走 了 很久 讨论 没有人 读 的 书 火车 晚点 了 一个 小时",
    "ja": "昨日 私たち は 川沿い を 長い 間 歩き ながら 誰も 読まない 本 に ついて 話した",
    "ar": "مشينا أمس على ضفة النهر وتحدثنا عن الكتب التي لا يقرؤها أحد",
    "hi": "कल हम नदी के किनारे बहुत देर तक चले और किताबों के बारे में बात की",
    "code": "const let function return await => { } ( ) [ ] ; == != && || import from export class int main void "
    "SELECT FROM WHERE JOIN def self None lambda for in range 0x1F 3.14 null true",
    "mark": "!? ... -- 🙂 🚢 👩‍🔬 é ñ ½ ² € $ % & @ # /usr/lib a@b.org https://example.org/x?y=1 +49 30 1234567 1,000.5",
}
KINDS = ["en"] * 9 + ["mix"] * 3 + [kind for kind in WORDS if kind != "en"]


def words(kind, count):
    if kind == "mix":
        return [rng.choice(WORDS[rng.choice(list(WORDS))].split()) for _ in range(count)]
    return [rng.choice(WORDS[kind].split()) for _ in range(count)]


def text():
    parts = []
    left = rng.choice([1, 2, 4, 6, 8, 10, 12, 14, 18, 24, 32, 48]) if rng.random() < 0.97 else 320
    kind = rng.choice(KINDS)
    while left > 0:
        count = min(left, rng.randint(1, 16))
        left -= count
        sentence = " ".join(words(kind, count))
        parts.append(sentence[:1].upper() + sentence[1:] + rng.choice([".", ".", "?", "!", ""]))
    joined = " ".join(parts)
    return joined.upper() if rng.random() < 0.04 else joined


texts = list(dict.fromkeys(text() for _ in range(1100)))[:1000]
assert len(texts) == 1000
(here / "texts.json").write_text(json.dumps(texts, ensure_ascii=False, indent=0) + "\n")

tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
model = AutoModel.from_pretrained(sys.argv[1]).eval()
kept = []
with torch.no_grad():
    for i, each in enumerate(texts):
        given = tokenizer([each], truncation=True, max_length=256, return_tensors="pt")
        tokens = model(**given).last_hidden_state
        vector = torch.nn.functional.normalize(tokens.mean(1))[0].numpy()
        kept.append(vector[64 * (i % 6) :][:64].astype("<f2"))
numpy.stack(kept).tofile(here / "vectors.f16")
