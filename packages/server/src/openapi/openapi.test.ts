import { createOrchestrator, defineTask } from '@aiwork/core';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { serve } from '../server.fixture.ts';

const node: z.ZodType<{ name: string; children?: unknown[] | undefined }> = z.object({
  name: z.string(),
  get children() {
    return z.array(node).optional();
  },
});
const tree = defineTask({ id: 'tree', input: z.object({ root: node }), run: () => 1 });
const anything = defineTask({ id: 'any thing', input: z.unknown(), run: () => 1 });

/** Whether the document of a server says that a body starts something. */
async function validatorFor(get: Awaited<ReturnType<typeof serve>>['get']) {
  const { body } = await get('/openapi.json');
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(body, 'https://example.org/document');
  return ajv.compile({
    $ref: 'https://example.org/document#/paths/~1execute/post/requestBody/content/application~1json/schema',
  });
}

describe('the OpenAPI document', () => {
  it.each([
    [true, { unit: 'tree', input: { root: { name: 'a', children: [{ name: 'b' }] } } }],
    [false, { unit: 'tree', input: { root: { name: 'a', children: [{}] } } }],
    [false, { unit: 'tree' }],
    [true, { unit: 'any thing' }],
    [true, { unit: 'any thing', input: null, tags: ['t'], priority: 1 }],
    [false, { unit: 'any thing', tags: ['aiwork:principal=x'] }],
    [false, { unit: 'another', input: 1 }],
    [false, { unit: 'tree', input: { root: { name: 'a' } }, inptu: 1 }],
  ])('says by the schemas of the units that is %s of what starts them: %j', async (isRight, body) => {
    const units = [tree, anything];
    const { get } = await serve({ units }, { units });
    expect((await validatorFor(get))(body)).toBe(isRight);
  });

  it('asks for a body where one is needed', async () => {
    const { get } = await serve();
    const { paths } = (await get('/openapi.json')).body;
    expect(paths['/executions/{execution_id}/cancel'].post.requestBody.required).toBe(false);
    expect(paths['/executions/{execution_id}/signals/{step_id}'].post.requestBody.required).toBe(true);
    expect(paths['/execute'].post.requestBody.required).toBe(true);
  });

  it('asks for no token where none is needed', async () => {
    const metrics = { scrape: async () => ({ contentType: 'text/plain', body: '' }) };
    const { get } = await serve({ metrics, auth: [{ authenticate: async () => undefined }] });
    const { paths, security } = (await get('/openapi.json')).body;
    expect(security).not.toHaveLength(0);
    for (const path of ['/health', '/health/live', '/health/ready', '/info', '/metrics'])
      expect({ path, security: paths[path].get.security }).toEqual({ path, security: [] });
  });

  it('names no unit where not everybody may see them', async () => {
    const { hash } = newApiKey();
    const { get } = await serve({
      orchestrator: createOrchestrator(),
      units: [tree, anything],
      auth: [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])],
    });
    expect(JSON.stringify((await get('/openapi.json')).body)).not.toMatch(/tree|any thing/);
  });
});
