/**
 * The flows that the contract of exporters has the tool run: a task of the tool finds its step in here.
 *
 * @module
 */
export {
  chain,
  constant,
  dates,
  failing,
  fan,
  going,
  large,
  looping,
  mapping,
  named,
  nesting,
  racing,
  settling,
  skipping,
  sleeping,
  texts,
  trying,
} from './contracts/flow-exporter/flows/runnable-flows.ts';
