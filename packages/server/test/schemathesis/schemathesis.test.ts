import { describe, expect, it } from 'vitest';
import { newApiKey } from '../../src/index.ts';
import { startServer } from '../server-process.fixture.ts';
import { installSchemathesis, runSchemathesis, SchemathesisUnavailable } from './run-schemathesis.ts';

/** `AIWORK_ATTACK_SEED=42` sends the requests of another day. */
const seed = Number(process.env['AIWORK_ATTACK_SEED'] ?? 20_261_121);

const { key, hash } = newApiKey();

describe('the OpenAPI document, as schemathesis holds the server to it', () => {
  it.for([
    { what: 'what starts units is described', keys: [], headers: [], seconds: 30 },
    { what: 'who asks is known', keys: [hash], headers: [`Authorization: Bearer ${key}`], seconds: 25 },
  ])(
    'is true of every answer, where $what',
    { timeout: 400_000 },
    async ({ keys, headers, seconds }, { skip }) => {
      await installSchemathesis().catch((error: unknown) => {
        if (!(error instanceof SchemathesisUnavailable)) throw error;
        return skip(error.message);
      });
      await using server = await startServer({ keys });
      const { code, output } = await runSchemathesis({ url: server.url, seconds, seed, headers });
      // What it would print of addresses of some thousand characters says nothing.
      const readable = output.replaceAll(/\S{300,}/g, (long) => `${long.slice(0, 300)}…`);
      expect(code, readable.slice(-20_000)).toBe(0);
      expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(100);
      const { uncaught, failures } = await server.facts();
      expect(uncaught).toEqual([]);
      expect(failures).toEqual([]);
    },
  );
});
