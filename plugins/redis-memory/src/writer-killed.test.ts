import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { testServer } from './redis-server.fixture.ts';

vi.setConfig({ testTimeout: 180_000 });
const server = testServer();
const fixture = fileURLToPath(new URL('./writer.fixture.ts', import.meta.url));

it('has all of a batch or nothing, and what was acknowledged, when its process is killed in the middle', async () => {
  const namespace = server.namespace();
  const memory = await server.open({ namespace });
  const { url } = server.service();
  for (const lives of [3, 8]) {
    const writer = spawn(process.execPath, ['--conditions=@aiwork/source', fixture, url, namespace], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      writer.kill('SIGKILL');
    });
    const exited = once(writer, 'exit');
    let acknowledged = 0;
    for await (const line of createInterface({ input: writer.stdout })) {
      acknowledged = Number(line);
      // The next batch is on its way.
      if (acknowledged === lives) writer.kill('SIGKILL');
    }
    await exited;
    const hits = await memory.search({ text: 'needle', topK: 1000 });
    expect(hits).toHaveLength(300);
    const batches = new Set(hits.map(({ text, metadata }) => `${text} ${metadata?.['batch']}`));
    expect(batches.size).toBe(1);
    expect(hits[0]?.metadata?.['batch']).toBeGreaterThanOrEqual(acknowledged);
  }
});
