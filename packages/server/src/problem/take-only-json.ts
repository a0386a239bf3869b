import type { FastifyInstance } from 'fastify';

/** Refuses bodies that are not JSON as it is: what is compressed or called a plain text would be read as something else. */
export function takeOnlyJson(app: FastifyInstance): void {
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    const coding = headers['content-encoding'];
    if (coding === undefined || coding.toLowerCase() === 'identity') done();
    else
      done(
        unsupported(`the body is sent with the content coding ${JSON.stringify(coding)}: send it as it is`),
      );
  });
}

const unsupported = (message: string) => Object.assign(new Error(message), { statusCode: 415 });
