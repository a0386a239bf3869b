/** The headings that hold at a place in a document. */
export interface Outline {
  /** Outermost first. */
  readonly path: readonly string[];
  /** A heading of this depth (from 1) begins: it ends those as deep or deeper. */
  enter(depth: number, text: string): void;
}

export function createOutline(): Outline {
  let open: readonly { readonly depth: number; readonly text: string }[] = [];
  let path: readonly string[] = [];
  return {
    get path() {
      return path;
    },
    enter(depth, text) {
      open = [...open.filter((heading) => heading.depth < depth), { depth, text }];
      path = open.map((heading) => heading.text).filter((heading) => heading !== '');
    },
  };
}
