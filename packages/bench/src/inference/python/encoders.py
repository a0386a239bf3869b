"""What peers embed with: each gives a function from texts to vectors, and what is to be said of its version."""


def torch_encoder(folder, threads):
    import sentence_transformers
    import torch

    torch.set_num_threads(threads)
    model = sentence_transformers.SentenceTransformer(folder, device="cpu")

    def embed(texts):
        return model.encode(texts, batch_size=32, show_progress_bar=False)

    return embed, f"{sentence_transformers.__version__} on PyTorch {torch.__version__}"


def openvino_parts(folder, properties):
    import openvino
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.enable_padding()
    tokenizer.enable_truncation(256)
    return tokenizer, openvino.Core().compile_model(f"{folder}/model.onnx", "CPU", properties)


def inputs_of(read):
    import numpy

    return {
        "input_ids": numpy.array([each.ids for each in read], dtype=numpy.int64),
        "attention_mask": numpy.array([each.attention_mask for each in read], dtype=numpy.int64),
    }


def openvino_encoder(folder, threads):
    """As the model says: in floats of 32 bits. Left to itself, it would compute in bf16 where the processor can."""
    import openvino

    properties = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    tokenizer, model = openvino_parts(folder, properties)

    def embed(texts):
        return model(inputs_of(tokenizer.encode_batch(texts)))["embedding"]

    return embed, openvino.__version__


def openvino_throughput_encoder(folder, threads):
    """In the floats of its choice, and what is embedded at once shared among a stream for each processor."""
    import numpy
    import openvino

    properties = {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": threads}
    tokenizer, model = openvino_parts(folder, properties)
    queue = openvino.AsyncInferQueue(model, threads)
    vectors = {}

    def keep(request, part):
        vectors[part] = request.get_tensor("embedding").data.copy()

    queue.set_callback(keep)

    def embed(texts):
        read = tokenizer.encode_batch(texts)
        size = -(-len(read) // threads)
        parts = range(0, len(read), size)
        for part in parts:
            queue.start_async(inputs_of(read[part : part + size]), part)
        queue.wait_all()
        return numpy.concatenate([vectors[part] for part in parts])

    return embed, openvino.__version__


encoders = {
    "torch": torch_encoder,
    "openvino": openvino_encoder,
    "openvino-throughput": openvino_throughput_encoder,
}
