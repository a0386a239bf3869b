import { parseArgs } from 'node:util';
import { show } from '../show.ts';
import { benchThinking, fullThinkingBench } from './bench-thinking.ts';

const { values } = parseArgs({ options: { model: { type: 'string' } } });
await show(
  await benchThinking({ ...fullThinkingBench, ...(values.model !== undefined && { model: values.model }) }),
);
