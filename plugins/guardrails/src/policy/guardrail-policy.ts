import { AiworkError, type Guardrail } from '@aiwork/core';
import { type Path, type PolicyDocument, readPolicyDocument } from './policy-document.ts';
import { policyKinds, type Said } from './policy-kinds.ts';
import { isMap } from './rules.ts';

/** @since 0.1.0 */
export interface GuardrailPolicyOptions {
  /** What the policy is called in errors, such as the path of its file. Default `policy`. */
  readonly source?: string;
  /** Guardrails of your own, by the name after `use`. */
  readonly use?: Readonly<Record<string, Guardrail>>;
}

/**
 * Reads guardrails from a policy in YAML or JSON, in the order in which they are to be given to an agent. Whatever is wrong
 * in it is refused with its line and column: misspelt keys, values that a guardrail does not take, patterns and schemas that
 * cannot be used.
 *
 * A policy is part of your program: `json-schema` compiles its schema to code.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` naming source, line and column.
 * @example
 * ```ts
 * import { guardrailPolicy } from '@aiwork/guardrails';
 *
 * const [secrets, brief] = guardrailPolicy(`
 * version: 1
 * guardrails:
 *   - { kind: secrets, name: secrets, on: [output, tool-call] }
 *   - kind: length
 *     name: brief
 *     max: 2000
 *     onFail: retry
 * `);
 * console.log(secrets?.on, brief?.name); // [ 'output', 'tool-call' ] brief
 *
 * try {
 *   guardrailPolicy('version: 1\nguardrails:\n  - { kind: length, name: brief, maximum: 5 }', { source: 'policy.yaml' });
 * } catch (error) {
 *   console.log(String(error).split(': ').slice(1).join(': '));
 *   // policy.yaml:3:34: "maximum" is no option of kind "length": there are kind, name, on, maxTextBytes, unit, min, max, onFail, whileStreaming
 * }
 * ```
 * @since 0.1.0
 */
export function guardrailPolicy(text: string, options: GuardrailPolicyOptions = {}): readonly Guardrail[] {
  const document = readPolicyDocument(text, options.source ?? 'policy');
  const policy = mapAt(document, [], document.value);
  refuseUnknown(document, [], policy, ['version', 'guardrails'], 'the policy');
  if (policy['version'] !== 1)
    document.refuse(['version'], 'the version of the policy is not known: write `version: 1`');
  const guardrails = guardrailsAt(document, ['guardrails'], policy['guardrails'], options.use ?? {});
  return Object.freeze(guardrails);
}

type Own = Readonly<Record<string, Guardrail>>;

function guardrailsAt(document: PolicyDocument, path: Path, value: unknown, own: Own): readonly Guardrail[] {
  if (!Array.isArray(value) || value.length === 0)
    document.refuse(path, 'guardrails is no list of one or more');
  return (value as readonly unknown[]).map((item, i) => guardrailAt(document, [...path, i], item, own));
}

function guardrailAt(document: PolicyDocument, path: Path, value: unknown, own: Own): Guardrail {
  const { kind, ...said } = mapAt(document, path, value);
  if ('use' in said) return ownAt(document, path, said, own);
  const known = typeof kind === 'string' && Object.hasOwn(policyKinds, kind) ? policyKinds[kind] : undefined;
  if (!known) {
    const kinds = Object.keys(policyKinds).join(', ');
    return document.refuse(
      [...path, 'kind'],
      `kind is ${shown(kind)}: give one of ${kinds}, or use a guardrail of your own`,
    );
  }
  const { properties, required, make } = known;
  refuseUnknown(document, path, said, ['kind', ...Object.keys(properties)], `kind "${kind}"`);
  for (const key of ['name', ...required]) {
    if (said[key] === undefined)
      document.refuse(path, `a guardrail of kind "${kind}" has no ${key}: give it one`);
  }
  for (const [key, option] of Object.entries(said)) {
    const problem = properties[key]?.(option);
    if (!problem) continue;
    const place = [key, ...problem.path];
    document.refuse([...path, ...place], `${place.join('.')} ${problem.message}`);
  }
  const parts = 'guardrails' in properties && {
    guardrails: guardrailsAt(document, [...path, 'guardrails'], said['guardrails'], own),
  };
  try {
    return make({ ...(said as Said), ...parts });
  } catch (error) {
    if (!AiworkError.isInstance(error)) throw error;
    return document.refuse(path, error.message, error);
  }
}

function ownAt(
  document: PolicyDocument,
  path: Path,
  said: Readonly<Record<string, unknown>>,
  own: Own,
): Guardrail {
  refuseUnknown(document, path, said, ['use'], 'a guardrail of your own');
  const name = said['use'];
  const guardrail = typeof name === 'string' && Object.hasOwn(own, name) ? own[name] : undefined;
  if (guardrail) return guardrail;
  const names = Object.keys(own).join(', ') || 'none';
  return document.refuse(
    [...path, 'use'],
    `use is ${shown(name)}: of guardrails of your own, there are ${names}`,
  );
}

function mapAt(document: PolicyDocument, path: Path, value: unknown): Readonly<Record<string, unknown>> {
  return isMap(value)
    ? value
    : document.refuse(path, `there is ${shown(value)} where keys and values should be`);
}

function refuseUnknown(
  document: PolicyDocument,
  path: Path,
  map: Readonly<Record<string, unknown>>,
  known: readonly string[],
  what: string,
): void {
  const unknown = Object.keys(map).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  document.refuseKey(path, unknown, `"${unknown}" is no option of ${what}: there are ${known.join(', ')}`);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  return value === undefined
    ? 'missing'
    : value === null
      ? 'empty'
      : Array.isArray(value)
        ? 'a list'
        : `a ${typeof value}`;
}
