import type { Guardrail } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { checkText } from '../check-text.fixture.ts';
import { guardrailPolicy } from './guardrail-policy.ts';

const whole = `
# What an assistant for customers may say.
version: 1
guardrails:
  - kind: personal-data
    name: people
    on: [input]
    find: [email addresses]
    replacement: <address>
  - kind: secrets
    name: keys
  - kind: words
    name: rivals
    words: [Acme, "Ünder Corp"]
    fold: look-alikes
  - kind: links
    name: links
    hosts: ["*.example.org"]
  - kind: length
    name: brief
    unit: words
    max: 200
    onFail: retry
  - kind: regex
    name: tickets
    patterns: { ticket: '/\\btick-\\d+/i', plain: 'a+b' }
    onFail: redact
  - kind: any
    name: either
    guardrails:
      - { kind: json-schema, name: json, schema: { type: object } }
      - kind: chain
        name: both
        guardrails:
          - { kind: json-repair, name: repair }
          - { kind: length, name: short, max: 5 }
  - use: judge
`;
const judge: Guardrail = { name: 'my judge', on: ['output'], check: () => ({ action: 'pass' }) };

describe('guardrailPolicy', () => {
  it('makes a guardrail of code', async () => {
    const [code] = guardrailPolicy(
      'version: 1\nguardrails:\n  - { kind: code, name: code, allow: [sql], replacement: gone }',
    );
    expect(code && (await checkText(code, '```sh\nrm\n```'))).toMatchObject({ text: 'gone' });
    const neither = 'version: 1\nguardrails:\n  - { kind: code, name: code }';
    expect(() => guardrailPolicy(neither)).toThrow(
      'policy:3:5: guardrail "code" has to know its languages: give one of `allow` and `refuse`',
    );
  });

  it('makes guardrails of YAML, in order', async () => {
    const guardrails = guardrailPolicy(whole, { use: { judge } });
    expect(guardrails.map(({ name }) => name)).toEqual([
      'people',
      'keys',
      'rivals',
      'links',
      'brief',
      'tickets',
      'either',
      'my judge',
    ]);
    const [people, , rivals, links, , tickets, either] = guardrails;
    expect(people?.on).toEqual(['input']);
    expect(people && (await checkText(people, 'ada@example.org'))).toMatchObject({ text: '<address>' });
    expect(rivals && (await checkText(rivals, 'ACM3!'))).toMatchObject({ text: '[word]!' });
    expect(links && (await checkText(links, 'https://evil.example'))).toMatchObject({ text: '[link]' });
    expect(tickets && (await checkText(tickets, 'see Tick-12'))).toMatchObject({ text: 'see [redacted]' });
    expect(either && (await checkText(either, '{}'))).toEqual({ action: 'pass' });
  });

  it('makes them of JSON', () => {
    const json = JSON.stringify({ version: 1, guardrails: [{ kind: 'length', name: 'brief', max: 5 }] });
    expect(guardrailPolicy(json)[0]?.name).toBe('brief');
  });

  it('means the same when it is read again', async () => {
    const [one, two] = [
      guardrailPolicy(whole, { use: { judge } }),
      guardrailPolicy(whole, { use: { judge } }),
    ];
    for (const [i, guardrail] of one.entries()) {
      for (const text of ['Acme', '{}', 'tick-1 of ada@example.org'])
        expect(await checkText(guardrail, text)).toEqual(two[i] && (await checkText(two[i], text)));
    }
  });

  const item = (line: string) => `version: 1\nguardrails:\n  - ${line}\n`;
  it.each([
    ['[1, 2', 'p.yaml:1:6: Flow sequence'],
    ['a: 1\na: 2', 'p.yaml:2:1: Map keys must be unique'],
    ['', 'p.yaml:1:1: there is empty where keys and values should be'],
    ['- 1', 'p.yaml:1:1: there is a list where'],
    ['version: 2\nguardrails: []', 'p.yaml:1:10: the version of the policy is not known'],
    [
      'version: 1\nguardrail: []',
      'p.yaml:2:1: "guardrail" is no option of the policy: there are version, guardrails',
    ],
    ['version: 1\nguardrails: []', 'p.yaml:2:13: guardrails is no list of one or more'],
    [item('5'), 'p.yaml:3:5: there is a number where'],
    [item('name: x'), 'p.yaml:3:5: kind is missing: give one of regex, secrets'],
    [item('{ kind: regexp, name: x }'), 'p.yaml:3:13: kind is "regexp": give one of'],
    [item('{ kind: constructor, name: x }'), 'p.yaml:3:13: kind is "constructor"'],
    [item('{ kind: secrets }'), 'p.yaml:3:5: a guardrail of kind "secrets" has no name'],
    [item('{ kind: links, name: x }'), 'has no hosts: give it one'],
    [
      item('{ kind: secrets, name: x, On: [input] }'),
      'p.yaml:3:31: "On" is no option of kind "secrets": there are kind, name, on,',
    ],
    [item('{ kind: secrets, name: x, on: [inputs] }'), 'p.yaml:3:36: on.0 is none of input, output'],
    [item('{ kind: length, name: x, max: "5" }'), 'p.yaml:3:35: max is no whole number'],
    [item('{ kind: length, name: x }'), 'p.yaml:3:5: guardrail "x" has no limit'],
    [
      item('{ kind: regex, name: x, patterns: { a: "(b" } }'),
      'p.yaml:3:5: pattern "a" of guardrail "x" is malformed',
    ],
    [item('{ kind: regex, name: x, patterns: { a: "/(b/" } }'), 'p.yaml:3:5: pattern "a" cannot be read'],
    [
      item('{ kind: json-schema, name: x, schema: { type: text } }'),
      'p.yaml:3:5: the schema of guardrail "x" cannot be used',
    ],
    [item('{ kind: chain, name: x, guardrails: [{ kind: y }] }'), 'p.yaml:3:50: kind is "y"'],
    [item('{ kind: any, name: x, guardrails: [] }'), 'p.yaml:3:39: guardrails is no list'],
    [item('{ use: jury }'), 'p.yaml:3:12: use is "jury": of guardrails of your own, there are judge'],
    [item('{ use: judge, name: x }'), 'p.yaml:3:19: "name" is no option of a guardrail of your own'],
  ])('says where %j is wrong', (text, problem) => {
    expect(() => guardrailPolicy(text, { source: 'p.yaml', use: { judge } })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT', message: expect.stringContaining(problem) }),
    );
  });

  it.each([
    ['patterns: {}', 'patterns holds no keys'],
    ['patterns: { a: 1 }', 'patterns.a is no text'],
    ['patterns: []', 'patterns holds no keys'],
  ])('says what is wrong in %j', (option, problem) => {
    expect(() => guardrailPolicy(item(`{ kind: regex, name: x, ${option} }`))).toThrow(problem);
  });

  it('does not take a small text for a large one', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`);
    const bomb = `version: 1\na-1: &a-1 x\n${levels.join('\n')}\n`;
    expect(() => guardrailPolicy(bomb)).toThrow('it says too much with aliases');
  });
});
