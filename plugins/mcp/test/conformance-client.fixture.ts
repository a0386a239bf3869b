import process from 'node:process';
import { mcpTools } from '../src/index.ts';

/** The client that the conformance suite starts, with the URL of its server: calls the tools that there are. */
const mcp = mcpTools({ suite: { url: process.argv.at(-1) ?? '' } });
await mcp.connect();
for (const { id, run } of mcp.tools()) {
  const context = {
    idempotencyKey: 'k',
    signal: new AbortController().signal,
    emit: () => {},
  };
  const input = id === 'add_numbers' ? { a: 5, b: 3 } : {};
  console.log(id, await run(input, context as never));
}
await mcp.close();
