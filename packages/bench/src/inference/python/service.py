"""A service as one is made of sentence-transformers: it says where it listens, and embeds what is posted to it."""

import json
import socket
import sys

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from encoders import torch_encoder

encode, version = torch_encoder(sys.argv[1], int(sys.argv[2]))
app = FastAPI()


class Asked(BaseModel):
    texts: list[str]


# Not in a pool of threads: the model uses all processors for one text already.
@app.post("/embed")
async def embed(asked: Asked):
    return {"vectors": encode(asked.texts).tolist()}


listening = socket.socket()
listening.bind(("127.0.0.1", 0))
# Who is told of it now waits until it is served.
listening.listen()
print(json.dumps({"version": version, "url": f"http://127.0.0.1:{listening.getsockname()[1]}"}), flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listening])
