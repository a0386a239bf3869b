import { defineFlow, defineTask, type OrchestratorOptions } from '@aiwork/core';
import { redis } from '@aiwork/redis';
import { z } from 'zod';

export const aiwork: OrchestratorOptions = {
  plugins: [redis({ url: process.env['REDIS_URL'] ?? 'redis://localhost:6379' })],
};

export const render = defineTask({
  id: 'render',
  queue: 'rendering',
  input: z.string(),
  run: (page) => `<p>${page}</p>`,
});

/** A part of it is done by workers. */
export default defineFlow({ id: 'review', input: z.object({ text: z.string() }) }, (f) => {
  const page = f.call('page', render, f.input.$.text);
  return f.step('publish', { needs: { page }, run: ({ page }) => page.toUpperCase() });
});
