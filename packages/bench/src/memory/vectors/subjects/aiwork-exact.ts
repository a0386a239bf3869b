import { vectorsOf } from './aiwork.ts';

export const subject = vectorsOf('exact');
