import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Tokenizer } from 'tokenizers';
import type { SubjectModule } from '../subject.ts';

/** What a program would do by itself: a tokenizer, the engine, and nothing around them. */
export const open: SubjectModule['open'] = async ({ onnx }, threads) => {
  const tokenizer = Tokenizer.fromFile(join(onnx, 'tokenizer.json'));
  tokenizer.setTruncation(256);
  tokenizer.setPadding({});
  const session = await InferenceSession.create(join(onnx, 'model.onnx'), { intraOpNumThreads: threads });
  return {
    async embed(texts) {
      const read = await tokenizer.encodeBatch([...texts]);
      const shape = [read.length, read[0]?.getLength() ?? 0];
      const tensor = (numbers: readonly number[]) =>
        new Tensor('int64', BigInt64Array.from(numbers, BigInt), shape);
      const { embedding } = await session.run({
        input_ids: tensor(read.flatMap((each) => each.getIds())),
        attention_mask: tensor(read.flatMap((each) => each.getAttentionMask())),
      });
      const data = embedding?.data as Float32Array;
      const dimensions = data.length / texts.length;
      return texts.map((_, i) => data.slice(i * dimensions, (i + 1) * dimensions));
    },
  };
};
