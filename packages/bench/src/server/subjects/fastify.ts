import { fastify } from 'fastify';
import { asked, type ServerSubject } from '../server-subject.ts';

const numberIn = (name: string) => ({
  type: 'object',
  required: [name],
  additionalProperties: false,
  properties: { [name]: { type: 'number' } },
});

interface Body {
  readonly input: { readonly n: number };
}

/** What somebody would write who needs no runs: the body is checked, the answer is written by its schema. */
export const subject: ServerSubject = {
  async serve() {
    const app = fastify();
    app.post<{ Body: Body }>(
      '/execute',
      {
        schema: {
          body: {
            type: 'object',
            required: ['unit', 'input'],
            additionalProperties: false,
            properties: { unit: { const: 'double' }, input: numberIn('n') },
          },
          response: { 200: { type: 'object', properties: { output: numberIn('n') } } },
        },
      },
      async ({ body }) => ({ output: { n: 2 * body.input.n } }),
    );
    return {
      url: await app.listen({ port: 0, host: '127.0.0.1' }),
      path: '/execute',
      body: { unit: 'double', input: { n: asked } },
      resultAt: ['output', 'n'],
    };
  },
};
