import { lexicalIndex } from './aiwork.ts';

export const subject = lexicalIndex({ kind: 'bm25' });
