"""Makes the tiny models of random weights beside this file, and what PyTorch computes with them.

    python -m venv venv && venv/bin/pip install 'torch' 'transformers' safetensors numpy
    venv/bin/python make-models.py

What is committed was made with torch 1.12.1 and transformers 4.38.2.
"""

import json
import pathlib

import torch
from safetensors.torch import save_file
from transformers import (
    BertConfig,
    BertModel,
    MPNetConfig,
    MPNetModel,
    RobertaConfig,
    RobertaModel,
)

torch.manual_seed(7)
here = pathlib.Path(__file__).parent / "models"
size = dict(
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=2,
    intermediate_size=32,
    vocab_size=64,
)
models = {
    "bert": (BertModel, BertConfig(**size, max_position_embeddings=144, type_vocab_size=2)),
    "roberta": (
        RobertaModel,
        RobertaConfig(
            **size, max_position_embeddings=146, type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5
        ),
    ),
    "mpnet": (
        MPNetModel,
        MPNetConfig(**size, max_position_embeddings=146, pad_token_id=1, layer_norm_eps=1e-5),
    ),
}
# One token, a few, and more than the distance from which on MPNet tells positions no longer apart.
lengths = [1, 5, 140]

for name, (kind, config) in models.items():
    folder = here / name
    folder.mkdir(parents=True, exist_ok=True)
    model = kind(config, add_pooling_layer=False).eval()
    with torch.no_grad():
        # Random weights are so small by default that the encoder would hardly do anything.
        for parameter_name, parameter in model.named_parameters():
            if "LayerNorm" in parameter_name:
                parameter.add_(0.3 * torch.randn_like(parameter))
            else:
                parameter.copy_(0.4 * torch.randn_like(parameter))
    state = {key: value.contiguous() for key, value in model.state_dict().items() if "_ids" not in key}
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    kept = {**config.to_dict(), "architectures": [kind.__name__]}
    names = [
        "architectures", "model_type", "hidden_size", "num_hidden_layers", "num_attention_heads",
        "intermediate_size", "vocab_size", "max_position_embeddings", "type_vocab_size", "hidden_act",
        "layer_norm_eps", "pad_token_id", "relative_attention_num_buckets", "position_embedding_type",
    ]
    (folder / "config.json").write_text(json.dumps({n: kept[n] for n in names if n in kept}, indent=2) + "\n")
    ids = [torch.randint(4, 64, (length,)).tolist() for length in lengths]
    longest = max(lengths)
    padded = torch.tensor([row + [config.pad_token_id] * (longest - len(row)) for row in ids])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in ids])
    with torch.no_grad():
        tokens = model(input_ids=padded, attention_mask=mask).last_hidden_state
    wide = mask.unsqueeze(-1).float()
    pooled = {
        "mean": (tokens * wide).sum(1) / wide.sum(1),
        "cls": tokens[:, 0],
        "max": tokens.masked_fill(wide == 0, -1e9).max(1).values,
    }
    vectors = {
        key: [[round(x, 7) for x in row] for row in value.tolist()] for key, value in pooled.items()
    }
    (folder / "expected.json").write_text(json.dumps({"ids": ids, **vectors}) + "\n")
