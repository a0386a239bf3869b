"""A peer of Python in a process of its own: a request of JSON a line, an answer of JSON a line."""

import json
import sys
import time

start = time.perf_counter()

from encoders import encoders  # noqa: E402

kind, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
embed, version = encoders[kind](folder, threads)
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
    else:
        answer = {"vector": [float(part) for part in embed([asked["text"]])[0]]}
    print(json.dumps(answer), flush=True)
