import { apiKeys, newApiKey } from '@aiwork/server';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { embedderOf, serveModels } from '../../test/service.fixture.ts';

async function client(options: Parameters<typeof serveModels>[0] = {}, apiKey = 'any') {
  const served = await serveModels(options);
  return { ...served, openai: new OpenAI({ baseURL: `${served.url}/v1`, apiKey, maxRetries: 0 }) };
}

describe('the client of OpenAI', () => {
  it.each(['float', 'base64', undefined] as const)('is given vectors as %s', async (encoding_format) => {
    const { openai } = await client();
    const { data, model, usage, object } = await openai.embeddings.create({
      model: 'small',
      input: ['rain', 'rain in the harbour'],
      ...(encoding_format && { encoding_format }),
    });
    await using embedder = embedderOf();
    const { vectors, tokens } = await embedder.embed(['rain', 'rain in the harbour']);
    expect({ model, object, usage }).toEqual({
      model: 'small',
      object: 'list',
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    const given = data.map(({ embedding }) => embedding as unknown);
    const expected =
      encoding_format === 'base64'
        ? vectors.map((vector) => Buffer.from(vector.buffer).toString('base64'))
        : vectors.map((vector) => Array.from(vector));
    expect(given).toEqual(expected);
  });

  it('may ask for one text', async () => {
    const { openai } = await client();
    const { data } = await openai.embeddings.create({
      model: 'small',
      input: 'rain',
      dimensions: 32,
      user: 'ada',
    });
    expect(data).toHaveLength(1);
  });

  it('lists the models', async () => {
    const { openai } = await client();
    const { data } = await openai.models.list();
    expect(data.map(({ id }) => id)).toEqual(['small', 'other']);
  });

  it.each([
    ['no input', { input: [] }, 400, 'AIWORK_INVALID_ARGUMENT'],
    ['tokens', { input: [1, 2] }, 400, 'AIWORK_INVALID_ARGUMENT'],
    ['shorter vectors', { dimensions: 8 }, 400, null],
    ['an unknown model', { model: 'text-embedding-3-large' }, 404, 'AIWORK_UNKNOWN_MODEL'],
    ['a text that is too long', { input: 'rain '.repeat(200) }, 413, 'AIWORK_LIMIT_EXCEEDED'],
  ])('is told in its own form why it is refused: %s', async (_name, wrong, status, code) => {
    const { openai } = await client();
    const asked = openai.embeddings.create({ model: 'small', input: 'rain', ...wrong } as never);
    await expect(asked).rejects.toMatchObject({
      status,
      code,
      type: 'invalid_request_error',
      error: { message: expect.any(String) },
    });
  });

  it('is told in its own form that nobody knows its key', async () => {
    const key = newApiKey();
    const auth = [apiKeys([{ ...key, id: 'ada', scopes: ['small:execute'] }])];
    const { openai } = await client({ auth }, 'another');
    const asked = openai.embeddings.create({ model: 'small', input: 'rain' });
    await expect(asked).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(asked).rejects.toMatchObject({ code: 'AIWORK_UNAUTHENTICATED' });
  });
});

it('is described with refusals in the form in which they are made', async () => {
  const { getJson } = await serveModels();
  const { paths } = await getJson('/openapi.json');
  expect(Object.keys(paths)).toEqual(
    expect.arrayContaining(['/embed', '/similarity', '/v1/embeddings', '/v1/models']),
  );
  expect(Object.keys(paths['/v1/embeddings'].post.responses.default.content)).toEqual(['application/json']);
  expect(Object.keys(paths['/embed'].post.responses.default.content)).toEqual(['application/problem+json']);
  expect(Object.keys(paths['/embed'].post.responses[200].content)).toHaveLength(3);
});
