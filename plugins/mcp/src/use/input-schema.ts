import type { JsonSchema, WireSchema } from '@aiwork/core';
import type { Tool } from '@modelcontextprotocol/client';
import { plainText, withoutHidden } from './plain-text.ts';

const maxSchemaChars = 65_536;
const maxDescriptionChars = 2000;

/**
 * The schema of a tool's input, to be shown to models; nothing when it is more than they can be shown. What it says is the
 * server's to check: a pattern of a server can take for ever in this process.
 */
export function inputSchema(tool: Tool): WireSchema<Input, Input> | undefined {
  const json = shownTo(tool.inputSchema);
  return (
    json && {
      '~standard': {
        version: 1,
        vendor: 'mcp',
        validate: (value) =>
          isObject(value) ? { value } : { issues: [{ message: 'has to be an object of arguments' }] },
        jsonSchema: { input: () => json, output: () => json },
      },
    }
  );
}

/** Arguments of a tool by name. */
export type Input = Readonly<Record<string, unknown>>;

function shownTo({ $schema: _, ...schema }: Tool['inputSchema']): JsonSchema | undefined {
  try {
    // Names of fields and choices are shown to models, too.
    const text = withoutHidden(JSON.stringify(schema, readable));
    return text.length > maxSchemaChars ? undefined : JSON.parse(text);
  } catch {
    // Deeper than anything that can be written.
    return undefined;
  }
}

function readable(key: string, value: unknown): unknown {
  const isProse = typeof value === 'string' && (key === 'description' || key === 'title');
  return isProse ? plainText(value, maxDescriptionChars) : value;
}

const isObject = (value: unknown): value is Input =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
