import type { Guardrail } from '@aiwork/core';
import { codeGuardrail } from '../code/code-guardrail.ts';
import { anyGuardrail } from '../combine/any-guardrail.ts';
import { guardrailChain } from '../combine/guardrail-chain.ts';
import { parallelGuardrails } from '../combine/parallel-guardrails.ts';
import { refuse } from '../guardrail-options.ts';
import { jsonRepairGuardrail } from '../json/json-repair-guardrail.ts';
import { jsonSchemaGuardrail } from '../json-schema-guardrail.ts';
import { linkGuardrail } from '../links/link-guardrail.ts';
import { bankAccounts } from '../personal-data/bank-accounts.ts';
import { emailAddresses } from '../personal-data/email-addresses.ts';
import { paymentCards } from '../personal-data/payment-cards.ts';
import { personalDataGuardrail } from '../personal-data/personal-data-guardrail.ts';
import { regexGuardrail } from '../regex-guardrail.ts';
import { secretPatterns } from '../secret-patterns.ts';
import { lengthGuardrail } from '../text/length-guardrail.ts';
import { wordGuardrail } from '../words/word-guardrail.ts';
import { anything, count, listOf, mapOf, one, type Rule, text } from './rules.ts';

/** One kind of guardrail that a policy can name. */
interface PolicyKind {
  /** What may be said of it, beside its kind. */
  readonly properties: Readonly<Record<string, Rule>>;
  readonly required: readonly string[];
  /** Makes it of what was said, after that was checked. */
  make(said: Said): Guardrail;
}

/** What a policy says of a guardrail. */
export interface Said extends Readonly<Record<string, unknown>> {
  readonly name: string;
  readonly guardrails?: readonly Guardrail[];
}

const texts = listOf(text, 1);

const common = {
  name: text,
  on: listOf(one('input', 'output', 'tool-call', 'tool-result'), 1),
};
const bounded = { ...common, maxTextBytes: count };
const finding = {
  ...bounded,
  onFail: one('redact', 'block', 'retry'),
  whileStreaming: one('show', 'hold'),
};
const replacement = { replacement: text };

const detectors = {
  'email addresses': emailAddresses,
  'payment cards': paymentCards,
  'bank accounts': bankAccounts,
};

/** `make` trusts what was checked: an option is of its type, or absent. */
function kind<Options>(
  properties: PolicyKind['properties'],
  required: readonly string[],
  make: (said: Options) => Guardrail,
): PolicyKind {
  return { properties, required, make: (said) => make(said as Options) };
}

interface Replacing {
  readonly replacement?: string;
}

/** A text to put in place of findings, as the function that guardrails take. */
const replacing = <T extends Replacing>({ replacement, ...said }: T) => ({
  ...said,
  ...(replacement !== undefined && { replace: () => replacement }),
});

/** `/…/flags` is read with its flags. */
function toPattern(written: string, name: string): string | RegExp {
  const [, source, flags] = /^\/(.+)\/([a-z]*)$/s.exec(written) ?? [];
  if (source === undefined) return written;
  try {
    return new RegExp(source, flags);
  } catch (error) {
    return refuse(`pattern "${name}" cannot be read: ${error instanceof Error ? error.message : ''}`, error);
  }
}

type Regex = Parameters<typeof regexGuardrail>[0] & { readonly patterns: Readonly<Record<string, string>> };
type PersonalData = Parameters<typeof personalDataGuardrail>[0] &
  Replacing & { readonly find?: readonly (keyof typeof detectors)[] };

/** The kinds of guardrails, by the name that a policy has for them. */
export const policyKinds: Readonly<Record<string, PolicyKind>> = {
  regex: kind<Regex>(
    {
      ...finding,
      ...replacement,
      patterns: mapOf(text),
      expect: one('absent', 'present'),
      engine: one('linear', 'backtracking'),
      timeoutMs: count,
    },
    ['patterns'],
    ({ patterns, ...said }) => {
      const read = Object.entries(patterns).map(
        ([name, written]) => [name, toPattern(written, name)] as const,
      );
      return regexGuardrail({ ...said, patterns: Object.fromEntries(read) });
    },
  ),
  secrets: kind<Omit<Regex, 'patterns'>>({ ...finding, ...replacement, timeoutMs: count }, [], (said) =>
    regexGuardrail({ onFail: 'redact', ...said, patterns: secretPatterns }),
  ),
  'personal-data': kind<PersonalData>(
    {
      ...finding,
      ...replacement,
      find: listOf(one(...Object.keys(detectors)), 1),
    },
    [],
    ({ find, ...said }) =>
      personalDataGuardrail({
        ...replacing(said),
        ...(find && { detectors: find.map((name) => detectors[name]) }),
      }),
  ),
  words: kind<Parameters<typeof wordGuardrail>[0] & Replacing>(
    {
      ...finding,
      ...replacement,
      words: texts,
      match: one('words', 'anywhere'),
      fold: one('letters', 'look-alikes'),
    },
    ['words'],
    (said) => wordGuardrail(replacing(said)),
  ),
  links: kind<Parameters<typeof linkGuardrail>[0] & Replacing>(
    { ...finding, ...replacement, hosts: listOf(text, 0), schemes: texts },
    ['hosts'],
    (said) => linkGuardrail(replacing(said)),
  ),
  code: kind<Parameters<typeof codeGuardrail>[0] & Replacing>(
    { ...finding, ...replacement, allow: listOf(text, 0), refuse: texts },
    [],
    (said) => codeGuardrail(replacing(said)),
  ),
  length: kind(
    {
      ...bounded,
      unit: one('characters', 'words'),
      min: count,
      max: count,
      onFail: one('block', 'retry'),
      whileStreaming: one('show', 'hold'),
    },
    [],
    lengthGuardrail,
  ),
  'json-schema': kind(
    {
      ...bounded,
      schema: anything,
      formats: mapOf(text),
      onFail: one('block', 'retry'),
      maxDepth: count,
      maxPatternSteps: count,
    },
    ['schema'],
    jsonSchemaGuardrail,
  ),
  'json-repair': kind(
    { ...bounded, onFail: one('block', 'retry'), maxDepth: count },
    [],
    jsonRepairGuardrail,
  ),
  chain: kind({ ...common, guardrails: anything }, ['guardrails'], guardrailChain),
  any: kind({ ...common, guardrails: anything }, ['guardrails'], anyGuardrail),
  parallel: kind(
    { ...common, guardrails: anything, timeoutMs: count, whenUnchecked: one('block', 'pass') },
    ['guardrails'],
    parallelGuardrails,
  ),
};
