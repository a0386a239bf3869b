import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { clip } from '../clip.ts';

export interface OutputOptions {
  readonly maxChars: number;
  readonly media: 'describe' | 'keep';
}

/**
 * What a tool gave: its structured result where it has one, else its text; with `media: 'keep'`, the blocks of a result that
 * has more than text.
 */
export function toolOutput(
  { content, structuredContent }: CallToolResult,
  { maxChars, media }: OutputOptions,
): unknown {
  const hasMedia = content.some((block) => !isText(block));
  if (hasMedia && media === 'keep') {
    const result = { content, ...(structuredContent !== undefined && { structuredContent }) };
    const text = JSON.stringify(result);
    return text.length <= maxChars ? result : textOf(content, maxChars);
  }
  if (structuredContent === undefined || hasMedia) return textOf(content, maxChars);
  const text = JSON.stringify(structuredContent);
  return text.length <= maxChars ? structuredContent : clip(text, maxChars);
}

/** The blocks of a result in words. */
export function textOf(content: readonly ContentBlock[], maxChars: number): string {
  return clip(content.map(describe).join('\n'), maxChars);
}

const isText = (block: ContentBlock) =>
  block.type === 'text' || (block.type === 'resource' && 'text' in block.resource);

function describe(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return `[${block.type}: ${block.mimeType}, ${bytesOf(block.data)} bytes]`;
    case 'resource_link':
      return `[resource: ${block.uri}${block.description === undefined ? '' : `, ${block.description}`}]`;
    case 'resource': {
      const { resource } = block;
      if ('text' in resource) return resource.text;
      return `[resource: ${resource.uri}, ${resource.mimeType ?? 'of unknown type'}, ${bytesOf(resource.blob)} bytes]`;
    }
    default:
      return '[something of an unknown type]';
  }
}

const bytesOf = (base64: string) => Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
