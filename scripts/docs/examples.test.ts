import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { root } from '../command.ts';

const entries = [
  'packages/core/src/index.ts',
  'packages/core/src/testing/index.ts',
  'packages/core/src/sqlite.ts',
  'packages/core/src/adapter-kit.ts',
  'packages/onnx-format/src/index.ts',
  'packages/resilience/src/index.ts',
  'packages/thinking/src/index.ts',
  'packages/thinking/src/store/index.ts',
  'plugins/cache/src/index.ts',
  'packages/chat-model-kit/src/index.ts',
  'plugins/anthropic/src/index.ts',
  'plugins/openai/src/index.ts',
  'plugins/openrouter/src/index.ts',
  'plugins/embeddings/src/index.ts',
  'plugins/mcp/src/index.ts',
  'plugins/memory/src/index.ts',
  'plugins/guardrails/src/index.ts',
  'plugins/openvino/src/index.ts',
  'plugins/onnxruntime/src/index.ts',
  'plugins/postgres/src/index.ts',
  'plugins/redis/src/index.ts',
  'plugins/redis/src/adapter-kit.ts',
  'plugins/redis-memory/src/index.ts',
  'plugins/s3/src/index.ts',
  'plugins/telemetry/src/index.ts',
];

it('shows each public function and class in an example, and says since when there is each public symbol', () => {
  const options = { noLib: true, noResolve: false, allowImportingTsExtensions: true, noEmit: true };
  const program = ts.createProgram(
    entries.map((entry) => join(root, entry)),
    { ...options, module: ts.ModuleKind.NodeNext, customConditions: ['@aiwork/source'] },
  );
  const checker = program.getTypeChecker();
  const lacking = entries.flatMap((entry) => {
    const source = program.getSourceFile(join(root, entry));
    const module = source && checker.getSymbolAtLocation(source);
    if (!module) throw new Error(`${entry} exports nothing`);
    return checker.getExportsOfModule(module).flatMap((exported) => {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const tags = symbol.getJsDocTags(checker).map((tag) => tag.name);
      const isCode = symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class);
      const wanted = isCode ? ['since', 'example'] : ['since'];
      return wanted.filter((tag) => !tags.includes(tag)).map((tag) => `${exported.name}: @${tag}`);
    });
  });
  expect(lacking).toEqual([]);
}, 60_000);
