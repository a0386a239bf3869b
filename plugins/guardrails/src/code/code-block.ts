/** Code in a text: a fenced block of Markdown, or what a page would run. In UTF-16 units. */
export interface CodeBlock {
  readonly start: number;
  readonly end: number;
  readonly language: string;
  /** Whether the text ends before it does. */
  readonly isOpen: boolean;
}
