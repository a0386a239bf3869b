import type { Nodes, Parents, PhrasingContent, RootContent, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmTable } from 'micromark-extension-gfm-table';
import type { Block } from '../document.ts';
import { htmlBlocks } from './html-blocks.ts';
import { createOutline, type Outline } from './outline.ts';

/** Paragraphs, list items, table rows and code of a Markdown text, each with its line and the headings above it. */
export function markdownBlocks(text: string): Block[] {
  const tree = fromMarkdown(withoutFrontMatter(text), {
    extensions: [gfmTable()],
    mdastExtensions: [gfmTableFromMarkdown()],
  });
  const blocks: Block[] = [];
  const outline = createOutline();
  for (const node of tree.children) collect(node, outline, blocks);
  return blocks;
}

/** Emptied line by line, so that what follows keeps its line numbers. */
function withoutFrontMatter(text: string): string {
  return text.replace(/^---\n(?:.*\n)*?---(?:\n|$)/, (matter) => matter.replace(/[^\n]/g, ''));
}

function collect(node: RootContent, outline: Outline, blocks: Block[]): void {
  const line = node.position?.start.line ?? 1;
  const add = (kind: Block['kind'], text: string, at = line) => {
    if (text.trim() !== '') blocks.push({ kind, text, line: at, headings: outline.path });
  };
  switch (node.type) {
    case 'heading':
      outline.enter(node.depth, textOf(node).replace(/\s+/g, ' ').trim());
      break;
    case 'paragraph':
      add('prose', textOf(node));
      break;
    case 'code': {
      const span = (node.position?.end.line ?? line) - line + 1;
      const isFenced = span > node.value.split('\n').length;
      add('code', node.value, isFenced ? line + 1 : line);
      break;
    }
    case 'table':
      for (const row of rowsOf(node)) add('row', row.text, row.line);
      break;
    case 'html':
      for (const block of htmlBlocks(node.value)) {
        blocks.push({ ...block, line: line + (block.line ?? 1) - 1, headings: outline.path });
      }
      break;
    default:
      if ('children' in node)
        for (const child of (node as Parents).children) collect(child as RootContent, outline, blocks);
  }
}

/** The rows under the first one, each cell with the title of its column when there is one. */
function rowsOf({ children }: Table): { text: string; line: number | undefined }[] {
  const [head, ...rows] = children;
  const titles = head?.children.map((cell) => textOf(cell).trim()) ?? [];
  return rows.map((row) => ({
    line: row.position?.start.line,
    text: row.children
      .map((cell, column) => [titles[column], textOf(cell).trim()])
      .filter(([, text]) => text !== '')
      .map(([title, text]) => (title ? `${title}: ${text}` : text))
      .join('; '),
  }));
}

/** What a reader sees of it. A line break in the source stays one. */
function textOf(node: Nodes | PhrasingContent): string {
  if (node.type === 'break') return '\n';
  if (node.type === 'html') return '';
  if ('value' in node) return node.value;
  if ('alt' in node) return node.alt ?? '';
  return 'children' in node ? node.children.map(textOf).join('') : '';
}
