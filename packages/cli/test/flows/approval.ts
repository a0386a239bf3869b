import { defineFlow } from '@aiwork/core';
import { z } from 'zod';

export const approval = defineFlow({ id: 'approval', input: z.object({}) }, (f) => {
  const draft = f.step('draft', { run: () => 'a draft' });
  const approve = f.waitFor('approve', {
    needs: { draft },
    payload: z.object({ approved: z.boolean() }),
    prompt: ({ draft }) => `Publish ${draft}?`,
  });
  return f.step('publish', {
    needs: { draft, approve },
    run: ({ draft, approve }) => (approve.approved ? `published ${draft}` : 'dropped'),
  });
});
