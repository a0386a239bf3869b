import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '@langchain/langgraph-api/server';
import { asked, type ServerSubject } from '../server-subject.ts';

const workers = 10;

/** Its server for development, which keeps runs in memory and writes them to a file now and then; ten workers, as by default. */
export const subject: ServerSubject = {
  async serve() {
    const { host } = await startServer({
      port: 0,
      host: '127.0.0.1',
      nWorkers: workers,
      cwd: await mkdtemp(join(tmpdir(), 'bench-langgraph-')),
      graphs: { double: `${join(import.meta.dirname, 'langgraph-graph.ts')}:graph` },
    });
    return {
      url: `http://${host}`,
      path: '/runs/wait',
      body: { assistant_id: 'double', input: { n: asked } },
      resultAt: ['n'],
      atOnce: workers,
    };
  },
};
