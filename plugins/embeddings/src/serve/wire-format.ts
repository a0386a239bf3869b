import Negotiator from 'negotiator';
import type { AnsweredVectors } from './answered-vectors.ts';
import { rowsOfJson } from './rows-of-json.ts';

/** An answer as it goes over the wire. */
export interface WireAnswer {
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export const jsonType = 'application/json';
export const arrowType = 'application/vnd.apache.arrow.stream';
export const rawType = 'application/octet-stream';

type WireType = typeof jsonType | typeof arrowType | typeof rawType;

const wireTypes: readonly WireType[] = [jsonType, arrowType, rawType];

/**
 * The form that a client wants most, by `Accept`; JSON where it does not say.
 *
 * @throws an error of status 406, naming the forms there are.
 */
export function wantedType(accept: string | undefined): WireType {
  const headers = accept === undefined ? {} : { accept };
  const wanted = new Negotiator({ headers }).mediaType([...wireTypes]);
  const type = wireTypes.find((each) => each === wanted);
  if (type) return type;
  throw Object.assign(new Error(`vectors are given as ${wireTypes.join(', ')}: accept one of them`), {
    statusCode: 406,
  });
}

/** Vectors in the form that is wanted. */
export async function toWire(type: WireType, answer: AnsweredVectors): Promise<WireAnswer> {
  const { model, dimensions, vectors, tokens, truncated } = answer;
  const headers = {
    'x-embedding-model': model,
    'x-embedding-dimensions': `${dimensions}`,
    'x-embedding-tokens': `${tokens}`,
    // Their number: a header has to stay small.
    'x-embedding-truncated': `${truncated.length}`,
    vary: 'accept',
  };
  switch (type) {
    case jsonType: {
      const head = JSON.stringify({ model, dimensions, tokens, truncated });
      const body = `${head.slice(0, -1)},"vectors":[${(await rowsOfJson(vectors)).join()}]}`;
      return { contentType: jsonType, headers: { vary: 'accept' }, body };
    }
    case arrowType: {
      // It takes long to load, and most clients never ask for it.
      const { toArrow } = await import('./arrow-vectors.ts');
      return { contentType: arrowType, headers, body: toArrow(answer) };
    }
    case rawType:
      return { contentType: rawType, headers, body: toRaw(vectors, dimensions) };
  }
}

/** Vectors one after the other, as little-endian numbers of 32 bits. */
export function toRaw(vectors: readonly Float32Array[], dimensions: number): Buffer {
  const raw = Buffer.alloc(vectors.length * dimensions * 4);
  for (const [row, vector] of vectors.entries())
    for (const [column, part] of vector.entries()) raw.writeFloatLE(part, (row * dimensions + column) * 4);
  return raw;
}
