import { serve } from '@hono/node-server';
import { Mastra } from '@mastra/core';
import { createStep, createWorkflow } from '@mastra/core/workflows';
import { type HonoBindings, type HonoVariables, MastraServer } from '@mastra/hono';
import { Hono } from 'hono';
import { z } from 'zod';
import { asked, type ServerSubject } from '../server-subject.ts';

const number = z.object({ n: z.number() });

const double = createWorkflow({ id: 'double', inputSchema: number, outputSchema: number })
  .then(
    createStep({
      id: 'double',
      inputSchema: number,
      outputSchema: number,
      execute: async ({ inputData }) => ({ n: 2 * inputData.n }),
    }),
  )
  .commit();

/** Its server on Hono, as its documentation sets it up; without storage, which is its fastest. */
export const subject: ServerSubject = {
  async serve() {
    const app = new Hono<{ Bindings: HonoBindings; Variables: HonoVariables }>();
    const mastra = new Mastra({ workflows: { double }, logger: false });
    await new MastraServer({ app, mastra }).init();
    const port = await new Promise<number>((resolve) => {
      serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, (at) => resolve(at.port));
    });
    return {
      url: `http://127.0.0.1:${port}`,
      path: '/api/workflows/double/start-async',
      body: { inputData: { n: asked } },
      resultAt: ['result', 'n'],
    };
  },
};
