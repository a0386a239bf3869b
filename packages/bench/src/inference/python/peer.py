"""A peer of Python in a process of its own: a request of JSON a line, an answer of JSON a line."""

import json
import resource
import sys
import time

start = time.perf_counter()
kind, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])


def torch_encoder():
    import torch
    from transformers import AutoModel, AutoTokenizer

    torch.set_num_threads(threads)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()

    def embed(texts):
        with torch.no_grad():
            read = tokenizer(texts, padding=True, truncation=True, max_length=256, return_tensors="pt")
            hidden = model(**read).last_hidden_state
            mask = read["attention_mask"].unsqueeze(-1).float()
            mean = (hidden * mask).sum(1) / mask.sum(1)
            return torch.nn.functional.normalize(mean, dim=1).numpy()

    return embed, torch.__version__


def openvino_encoder():
    import numpy
    import openvino
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.enable_padding()
    tokenizer.enable_truncation(256)
    model = openvino.Core().compile_model(
        f"{folder}/model.onnx", "CPU", {"INFERENCE_NUM_THREADS": threads}
    )

    def embed(texts):
        read = tokenizer.encode_batch(texts)
        ids = numpy.array([each.ids for each in read], dtype=numpy.int64)
        mask = numpy.array([each.attention_mask for each in read], dtype=numpy.int64)
        return model({"input_ids": ids, "attention_mask": mask})["embedding"]

    return embed, openvino.__version__


embed, version = {"torch": torch_encoder, "openvino": openvino_encoder}[kind]()
loaded = time.perf_counter()
embed(["the first text"])
print(json.dumps({"version": version, "loadMs": 1000 * (loaded - start)}), flush=True)

for line in sys.stdin:
    asked = json.loads(line)
    if asked["call"] == "round":
        begin = time.perf_counter()
        texts = 0
        for batch in asked["batches"]:
            embed(batch)
            texts += len(batch)
            if 1000 * (time.perf_counter() - begin) > asked["ms"]:
                break
        answer = {"perSecond": texts / (time.perf_counter() - begin)}
    elif asked["call"] == "vector":
        answer = {"vector": [float(part) for part in embed([asked["text"]])[0]]}
    else:
        answer = {"bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    print(json.dumps(answer), flush=True)
