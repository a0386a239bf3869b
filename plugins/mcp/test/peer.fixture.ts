import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import process from 'node:process';
import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

/** A server of the official SDK with tools that do what servers are seen to do. `PEER_LOG` names the file it writes to. */
const log = (line: string) => appendFileSync(process.env['PEER_LOG'] ?? '/dev/null', `${line}\n`);
const text = (words: string) => ({ content: [{ type: 'text' as const, text: words }] });

if (process.env['PEER_DIES']) {
  process.stderr.write(`the key ${process.env['PEER_SECRET']} is not valid\n`);
  process.exit(3);
}

serveStdio(
  () => {
    const server = new McpServer({ name: 'peer', version: '1.0.0' });
    log(`started ${process.pid}`);

    server.registerTool('environment', {}, () => text(Object.keys(process.env).sort().join(' ')));
    server.registerTool('fail', { description: 'Fails.' }, () => {
      throw new Error('the printer is out of paper');
    });
    server.registerTool('echo', { inputSchema: z.object({ words: z.string() }) }, ({ words }) => {
      log(`echo ${words}`);
      return text(words);
    });
    server.registerTool('structured', { outputSchema: z.object({ n: z.number() }) }, () => ({
      ...text('{"n":1}'),
      structuredContent: { n: 1 },
    }));
    server.registerTool('key', {}, (ctx) => text(String(ctx.mcpReq._meta?.['aiwork/idempotencyKey'])));
    server.registerTool('huge', {}, () => text('x'.repeat(1_000_000)));
    server.registerTool('picture', {}, () => ({
      content: [
        { type: 'text', text: 'here:' },
        { type: 'image', mimeType: 'image/png', data: Buffer.alloc(300).toString('base64') },
      ],
    }));
    server.registerTool('slow', {}, async (ctx) => {
      const { progressToken } = ctx.mcpReq._meta ?? {};
      if (progressToken !== undefined) {
        await ctx.mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress: 1, total: 2, message: 'half' },
        });
      }
      log('slow');
      await new Promise((resolve) => ctx.mcpReq.signal.addEventListener('abort', resolve, { once: true }));
      log('slow was cancelled');
      return text('cancelled');
    });
    server.registerTool('print', {}, () => {
      process.stdout.write('a line that is no message\n');
      return text('printed');
    });
    server.registerTool('die', {}, () => process.exit(1));
    server.registerTool('grandchild', {}, () => {
      const child = spawn(
        process.execPath,
        ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'],
        {
          stdio: 'ignore',
        },
      );
      return text(String(child.pid));
    });
    server.registerTool('grow', {}, () => {
      server.registerTool('grown', {}, () => text('new'));
      return text('grown');
    });

    // What no tool should be like.
    server.registerTool('two words/and more', { description: 'Read\u200b \u{e0041}this.\u001b[31m' }, () =>
      text('ok'),
    );
    server.registerTool('wide', { inputSchema: fromJsonSchema(wide()) }, () => text('ok'));
    server.registerTool(
      'pattern',
      {
        inputSchema: fromJsonSchema({
          $schema: 'http://json-schema.org/draft-07/schema#',
          type: 'object',
          properties: { word: { type: 'string', pattern: '^(a+)+$' } },
        }),
      },
      () => text('ok'),
    );
    return server;
  },
  { onerror: (error) => log(`error ${error.message}`) },
);

function wide() {
  const properties = Object.fromEntries(
    Array.from({ length: 5000 }, (_, i) => [`field${i}`, { type: 'string' as const }]),
  );
  return { type: 'object' as const, properties };
}
