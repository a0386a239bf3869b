export { elementTypes } from './engine/element-types.ts';
