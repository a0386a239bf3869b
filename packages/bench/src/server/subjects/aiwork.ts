import { createOrchestrator, defineFlow } from '@aiwork/core';
import { createServer } from '@aiwork/server';
import type { OpenTelemetry } from '@aiwork/telemetry';
import { z } from 'zod';
import { asked, type ServerSubject } from '../server-subject.ts';

const double = defineFlow({ id: 'double', input: z.object({ n: z.number() }) }, (f) =>
  f.step('double', { needs: { input: f.input }, run: ({ input }) => ({ n: 2 * input.n }) }),
);

/** With every run in memory, and all that the server does by itself. */
export function serverSubject(telemetry?: OpenTelemetry): ServerSubject {
  const plugins = telemetry ? [telemetry.plugin] : [];
  const orchestrator = createOrchestrator({ plugins, units: [double] });
  return {
    async serve() {
      const watched = telemetry && { telemetry, metrics: telemetry };
      const server = await createServer({ orchestrator, units: [double], ...watched });
      return {
        url: await server.listen(),
        path: '/execute',
        body: { unit: 'double', input: { n: asked } },
        resultAt: ['output', 'n'],
      };
    },
    reset: () => orchestrator.prune(new Date(Date.now() + 60_000)),
  };
}

export const subject = serverSubject();
