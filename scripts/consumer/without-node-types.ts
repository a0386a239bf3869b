// Type-checked with what TypeScript itself brings, as in a new project that has no `@types/node`.
import { type Client, createClient } from '@aiwork/client';
import { createOrchestrator } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { testRun } from '@aiwork/core/testing';
import { regexGuardrail } from '@aiwork/guardrails';
import { memory } from '@aiwork/memory';

export const ai: AsyncDisposable = createOrchestrator({ plugins: [sqlite({ path: 'runs.db' }), memory()] });
export const client: Client = createClient({ url: 'https://work.example.org' });
export const others = { testRun, regexGuardrail };
