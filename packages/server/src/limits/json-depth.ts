import { AiworkError } from '@aiwork/core';
import type { FastifyInstance } from 'fastify';

/** What a journal takes, too. Schemas that call themselves run out of stack much deeper only. */
const maxDepth = 500;

const quote = 0x22;
const backslash = 0x5c;

/** Refuses JSON that is nested deeply, before it is made into objects. */
export function limitJsonDepth(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (isNestedDeeperThan(maxDepth, body)) done(tooDeep());
    else void parse(request, body, done);
  });
}

/** Of a text that is no JSON, an answer without meaning. */
export function isNestedDeeperThan(depth: number, json: string): boolean {
  if (json.length <= depth) return false;
  let opened = 0;
  for (let i = 0; i < json.length; i++) {
    switch (json.charCodeAt(i)) {
      case quote:
        i = endOfText(json, i);
        break;
      case 0x5b: // [
      case 0x7b: // {
        opened += 1;
        if (opened > depth) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        opened -= 1;
    }
  }
  return false;
}

function endOfText(json: string, start: number): number {
  for (let i = start + 1; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === quote) return i;
    if (code === backslash) i += 1;
  }
  return json.length;
}

const tooDeep = () =>
  new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `the body is nested more than ${maxDepth} deep: send what is meant in a flatter form`,
    { outcome: 'not-applied' },
  );
