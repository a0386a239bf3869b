"""What peers embed with: each gives a function from texts to vectors, and what is to be said of its version."""


def torch_encoder(folder, threads):
    import sentence_transformers
    import torch

    torch.set_num_threads(threads)
    model = sentence_transformers.SentenceTransformer(folder, device="cpu")

    def embed(texts):
        return model.encode(texts, batch_size=32, show_progress_bar=False)

    return embed, f"{sentence_transformers.__version__} on PyTorch {torch.__version__}"


def openvino_encoder(folder, threads):
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


encoders = {"torch": torch_encoder, "openvino": openvino_encoder}
