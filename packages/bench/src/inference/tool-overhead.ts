import { isolate } from '../isolated/isolate.ts';
import { atMost, type Findings } from '../report.ts';
import type { ModelFiles } from './model-files.ts';

type ToolProcess = typeof import('./tool-process.ts');

const work = 'a call of the tool `embed`, beside the work itself';

/** What it costs an agent to embed by its tool. */
export async function toolOverhead({ places }: ModelFiles, calls: number): Promise<Findings> {
  const [[precision, place] = []] = [...places].reverse();
  const host = await isolate<ToolProcess>(new URL('./tool-process.ts', import.meta.url));
  try {
    const value = await host.call('overheadMs', place?.arrow ?? '', calls);
    const subject = `@aiwork/embeddings, ${precision}`;
    return {
      rows: [{ work, subject, metric: 'time', value, unit: 'ms' }],
      targets: [atMost(work, 'time', value, 2, 'ms')],
    };
  } finally {
    await host.close();
  }
}
