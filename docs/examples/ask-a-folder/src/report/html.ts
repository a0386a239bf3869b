/** A piece of HTML that is safe to put into a page. */
export interface Html {
  readonly '~html': string;
}

type Part = Html | string | number | undefined | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Writes HTML: what is put into it is shown as text, unless it is {@link Html} itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const text = strings.map((string, i) => (i === 0 ? string : render(parts[i - 1]) + string)).join('');
  return { '~html': text };
}

function render(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (character) => entities[character] as string);
  if (typeof part === 'number') return String(part);
  return '~html' in part ? part['~html'] : part.map(render).join('');
}

/** The page's text. */
export function toText({ '~html': text }: Html): string {
  return text;
}
