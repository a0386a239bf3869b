import { defineFlow, defineTask } from '@aiwork/core';
import { z } from 'zod';

export const greet = defineTask({
  id: 'greet',
  input: z.object({ name: z.string() }),
  run: ({ name }) => `Hello, ${name}!`,
});

export default defineFlow(
  { id: 'greeting', input: z.object({ name: z.string().default('world') }), tags: ['test'] },
  (f) => {
    const hello = f.call('hello', greet, { name: f.input.$.name });
    return f.step('shout', {
      needs: { hello },
      run: ({ hello }, ctx) => {
        ctx.log.info('about to shout');
        console.log('printed by the step');
        return { text: hello.toUpperCase() };
      },
    });
  },
);
