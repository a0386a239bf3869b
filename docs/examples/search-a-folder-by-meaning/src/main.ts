import { resolve } from 'node:path';
import process from 'node:process';
import { createOrchestrator } from '@aiwork/core';
import { createServedModels, embeddings, loadEmbedder } from '@aiwork/embeddings';
import { createOnnxRuntime } from '@aiwork/onnxruntime';
import { search } from './flow.ts';
import { showHits } from './show-hits.ts';

const [model, folder, ...words] = process.argv.slice(2).filter((argument) => argument !== '--');
if (model === undefined || folder === undefined || words.length === 0) {
  process.stderr.write('Call it with a model, a folder and what is asked:\n  MODEL.arrow FOLDER QUESTION\n');
  process.exit(2);
}
// Where the user called pnpm, which runs scripts in the folder of their package.
const cwd = process.env['INIT_CWD'] ?? process.cwd();
const stopping = new AbortController();
process.once('SIGINT', () => stopping.abort());

const begin = performance.now();
await using runtime = createOnnxRuntime();
await using models = createServedModels({ model: await loadEmbedder(resolve(cwd, model), { runtime }) });
await using ai = createOrchestrator({ units: [search], plugins: [embeddings(models)] });
const run = await ai.start(
  search,
  { folder: resolve(cwd, folder), query: words.join(' ') },
  { signal: stopping.signal },
);
process.stdout.write(showHits(await run.result()));
const seconds = ((performance.now() - begin) / 1000).toFixed(1);
process.stdout.write(`\n${models.stats('model').cacheEntries} texts read and compared in ${seconds} s\n`);
