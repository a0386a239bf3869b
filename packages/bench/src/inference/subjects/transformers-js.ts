import { AutoModel, AutoTokenizer, env } from '@huggingface/transformers';
import type { SubjectModule } from '../subject.ts';

// Paths are those of files here, and nothing is asked for elsewhere.
env.allowRemoteModels = false;
env.localModelPath = '/';

/** Its tokenizer and its loader, on the graph and the weights that all others run. */
export const open: SubjectModule['open'] = async ({ onnx }, threads) => {
  const tokenizer = await AutoTokenizer.from_pretrained(onnx, { local_files_only: true });
  const model = await AutoModel.from_pretrained(onnx, {
    local_files_only: true,
    device: 'cpu',
    // Which file is read: in what it computes, the file says itself.
    dtype: 'fp32',
    subfolder: '',
    model_file_name: 'model',
    session_options: { intraOpNumThreads: threads },
  });
  return {
    async embed(texts) {
      const read = tokenizer([...texts], { padding: true, truncation: true, max_length: 256 });
      const { embedding } = await model(read);
      const data: Float32Array = embedding.data;
      const dimensions = data.length / texts.length;
      return texts.map((_, i) => data.slice(i * dimensions, (i + 1) * dimensions));
    },
  };
};
