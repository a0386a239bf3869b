import { type PublishedFile, publishedText } from '../../published-file.ts';
import { type CollectionTexts, readCollection, type TestCollection } from './test-collection.ts';

export interface PublishedCollection {
  readonly name: string;
  readonly files: Readonly<Record<keyof CollectionTexts, PublishedFile>>;
}

/** A file of the repository that has them. */
const published = (path: string, sha256: string): PublishedFile => ({
  repository: 'pahopu/trec-xml-dataset',
  commit: '5eb9739cf95b8ec274eaf855cee4ec0fc444c345',
  path,
  sha256,
});

/** The collections of Cranfield (aeronautics, 1967) and CISI (library science). */
export const publishedCollections: readonly PublishedCollection[] = [
  {
    name: 'Cranfield',
    files: {
      documents: published(
        'cranfield/cran.doc.1400.xml',
        '0fc7f918686c5682fe2a7d60cb23b41aceb58b066eb2d9d2ffd66a6b25ea7613',
      ),
      queries: published(
        'cranfield/cran.query.225.xml',
        '89e5976cd15a316052a5938a614d5ea97305be89448669a83350d33b439e7e85',
      ),
      judgements: published(
        'cranfield/cran.res.225.xml',
        'bd4007cb82c14086f6dc0b7c107b685fdf3d4aeba1f8e9ccd27dfe9aef648e4b',
      ),
    },
  },
  {
    name: 'CISI',
    files: {
      documents: published(
        'cisi/cisi.doc.1460.xml',
        'aeb9342bded60620798c4362acae93abf8fc96c8d1104edb7c5e09cc17b5192a',
      ),
      queries: published(
        'cisi/cisi.query.76.xml',
        '99b34cf0b8b2a3958b133e3fbbaba0d79f6b22aaec5738768cf2bc383127806f',
      ),
      judgements: published(
        'cisi/cisi.res.76.xml',
        'fc81a482d8728f9351c1aa9d5cc5c1a65367de4c06a36a071fe2b6a632d611d7',
      ),
    },
  },
];

/**
 * A collection, fetched once and kept in the user's cache. Nobody is asked for what is there.
 *
 * @throws an error that says why, where it cannot be had.
 */
export async function fetchCollection({ name, files }: PublishedCollection): Promise<TestCollection> {
  const [documents, queries, judgements] = await Promise.all(
    [files.documents, files.queries, files.judgements].map(publishedText),
  );
  return readCollection(name, {
    documents: documents as string,
    queries: queries as string,
    judgements: judgements as string,
  });
}
