export { plain } from './plain.js';

export const aiwork = { leaseTtl: '2s' };
