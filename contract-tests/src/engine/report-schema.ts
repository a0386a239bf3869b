const text = { type: 'string', minLength: 1 } as const;
const count = { type: 'integer', minimum: 0 } as const;
const packageFacts = {
  additionalProperties: false,
  required: ['name', 'version'],
  properties: {
    name: text,
    version: text,
    commit: {
      type: 'string',
      pattern: '^[0-9a-f]{40,64}$',
      description: "The git commit of the package's sources; absent where they are not as in that commit",
    },
  },
} as const;
const outcomes = ['passed', 'failed', 'known-failure', 'skipped', 'blocked'] as const;

const check = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'rule', 'anchor', 'outcome', 'seed', 'durationMs'],
  properties: {
    id: text,
    rule: text,
    anchor: text,
    outcome: { enum: outcomes },
    reason: { ...text, description: 'Why it was skipped or blocked, or is known to fail' },
    failure: {
      type: 'object',
      additionalProperties: false,
      required: ['expected', 'seen', 'message', 'replay'],
      properties: {
        expected: text,
        seen: text,
        message: { ...text, description: 'All of it, as it is printed' },
        replay: { ...text, description: 'The command that runs the check again as it ran' },
      },
    },
    evidence: { type: 'object' },
    seed: { type: 'integer' },
    durationMs: { type: 'number', minimum: 0 },
  },
  anyOf: [
    { properties: { outcome: { const: 'passed' } } },
    { properties: { outcome: { const: 'failed' } }, required: ['failure'] },
    { properties: { outcome: { const: 'known-failure' } }, required: ['failure', 'reason'] },
    { properties: { outcome: { enum: ['skipped', 'blocked'] } }, required: ['reason'] },
  ],
} as const;

/**
 * JSON Schema (2020-12) of a contract report.
 *
 * @since 0.1.0
 */
export const reportSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Report of one contract run on one subject',
  type: 'object',
  additionalProperties: false,
  required: [
    'format',
    'kit',
    'contract',
    'subject',
    'package',
    'service',
    'environment',
    'capabilities',
    'seed',
    'startedAt',
    'durationMs',
    'verdict',
    'counts',
    'leftOut',
    'checks',
  ],
  properties: {
    format: { const: 'aiwork-contract-report/1' },
    kit: { type: 'object', ...packageFacts },
    contract: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'version', 'digest'],
      properties: {
        id: text,
        version: text,
        digest: {
          type: 'string',
          pattern: '^[0-9a-f]{64}$',
          description: 'SHA-256 of the rules: reports with one digest speak of the same',
        },
      },
    },
    subject: text,
    package: { type: ['object', 'null'], ...packageFacts },
    service: {
      type: ['object', 'null'],
      additionalProperties: false,
      required: ['name', 'version', 'settings'],
      properties: {
        name: text,
        version: text,
        image: text,
        settings: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
    environment: {
      type: 'object',
      additionalProperties: false,
      required: ['node', 'platform', 'arch'],
      properties: { node: text, platform: text, arch: text },
    },
    capabilities: { type: 'object', description: 'As the adapter declares them; infinity is "unlimited"' },
    seed: { type: 'integer' },
    startedAt: text,
    durationMs: { type: 'number', minimum: 0 },
    verdict: { enum: ['conformant', 'known-failures', 'failed', 'incomplete'] },
    counts: {
      type: 'object',
      additionalProperties: false,
      required: outcomes,
      properties: { passed: count, failed: count, 'known-failure': count, skipped: count, blocked: count },
    },
    leftOut: { ...count, description: 'How many checks of the contract were not asked for' },
    checks: { type: 'array', items: check },
  },
} as const;
