import type { Document } from '../corpus.ts';

/** Documents, and queries with the documents that people found relevant to them. */
export interface TestCollection {
  readonly name: string;
  readonly documents: readonly Document[];
  readonly queries: readonly JudgedQuery[];
}

export interface JudgedQuery {
  readonly text: string;
  /** Ids of documents. */
  readonly relevant: ReadonlySet<string>;
}

/** The three files of a collection: `<doc id="1">…</doc>`, `<query id="1">…</query>` and `<res id="1">12 51</res>`. */
export interface CollectionTexts {
  readonly documents: string;
  readonly queries: string;
  readonly judgements: string;
}

/** Queries that nothing was found relevant to are left out: they say nothing of a ranking. */
export function readCollection(name: string, texts: CollectionTexts): TestCollection {
  const judged = new Map(
    elements('res', texts.judgements).map(({ id, text }) => [id, new Set(text.split(/\s+/).filter(Boolean))]),
  );
  return {
    name,
    documents: elements('doc', texts.documents),
    queries: elements('query', texts.queries).flatMap(({ id, text }) => {
      const relevant = judged.get(id);
      return relevant && relevant.size > 0 ? [{ text, relevant }] : [];
    }),
  };
}

function elements(tag: string, xml: string): Document[] {
  const pattern = new RegExp(`<${tag} id="(\\d+)">([^<]*)</${tag}>`, 'g');
  return Array.from(xml.matchAll(pattern), ([, id = '', text = '']) => ({ id, text: text.trim() }));
}
