import type { FlowNode } from '../flow-graph.ts';
import { resolveBinding } from '../units/ref.ts';
import type { Compiled, CompiledNode } from './compile.ts';
import type { RunState, StepStatus } from './run-state.ts';

/** Where a node is. What is greater than `running` is over. */
export const NodeStatus = {
  pending: 0,
  running: 1,
  succeeded: 2,
  failed: 3,
  skipped: 4,
  cancelled: 5,
} as const satisfies Record<StepStatus, number>;

const names = Object.keys(NodeStatus) as readonly StepStatus[];

/** The nodes of one run: where each is, what it gave, and what those that need it are shown. */
export class NodeTable {
  readonly nodes: readonly CompiledNode[];
  readonly input: unknown;
  readonly #compiled: Compiled;
  readonly #state: RunState;
  readonly #status: number[];
  /** Needs that are not over yet. */
  readonly #open: number[];
  readonly #outputs: unknown[];
  #unsettled: number;

  constructor(compiled: Compiled, input: unknown, state: RunState) {
    this.nodes = compiled.nodes;
    this.input = input;
    this.#compiled = compiled;
    this.#state = state;
    const { length } = compiled.nodes;
    this.#status = new Array<number>(length).fill(NodeStatus.pending);
    this.#open = compiled.needs.slice();
    this.#outputs = new Array(length);
    this.#unsettled = length;
    if (state.steps.size > 0) this.#restore();
  }

  #restore(): void {
    for (const node of this.nodes) {
      const step = this.#state.steps.get(node.id);
      if (!step || step.status === 'pending' || step.status === 'running') continue;
      this.settle(node, NodeStatus[step.status], step.output);
      for (const dependent of node.dependents) this.closeNeed(dependent);
    }
  }

  get unsettled(): number {
    return this.#unsettled;
  }

  status(index: number): number {
    return this.#status[index] as number;
  }

  isOver(index: number): boolean {
    return (this.#status[index] as number) > NodeStatus.running;
  }

  begin(node: CompiledNode): void {
    this.#status[node.index] = NodeStatus.running;
  }

  settle(node: CompiledNode, status: number, output?: unknown): void {
    this.#status[node.index] = status;
    this.#unsettled -= 1;
    if (status === NodeStatus.succeeded) this.#outputs[node.index] = output;
  }

  /** Notes that one more of the node's needs is over; whether it was the last. */
  closeNeed(index: number): boolean {
    const open = (this.#open[index] as number) - 1;
    this.#open[index] = open;
    return open === 0;
  }

  /** Nodes that can start, from where the run is. */
  startable(): number[] {
    if (this.#state.steps.size === 0) return this.#compiled.roots.slice();
    return this.nodes.flatMap(({ index, node, edges }) => {
      if (this.#status[index] !== NodeStatus.pending) return [];
      const won = node.kind === 'race' && edges.some((need) => this.#status[need] === NodeStatus.succeeded);
      return this.#open[index] === 0 || won ? [index] : [];
    });
  }

  output(index: number): unknown {
    return index < 0 ? this.input : this.#outputs[index];
  }

  outputOf(stepId: string): unknown {
    return this.output(this.#compiled.index.get(stepId) ?? -1);
  }

  /** The outputs a node's code sees; of a settle step, the outcomes. */
  named(node: CompiledNode): Record<string, unknown> {
    const settles = node.node.kind === 'settle';
    const named: Record<string, unknown> = {};
    for (const [name, index] of node.named) {
      const value = settles ? this.#outcome(index) : this.output(index);
      if (name === '__proto__') Object.defineProperty(named, name, { value, enumerable: true });
      else named[name] = value;
    }
    return named;
  }

  /** The input of a call, its refs resolved. */
  callInput({ node }: CompiledNode): unknown {
    return resolveBinding((node as Extract<FlowNode, { kind: 'call' }>).input, (id) => this.outputOf(id));
  }

  #outcome(index: number): unknown {
    const status = index < 0 ? 'succeeded' : names[this.status(index)];
    if (status === 'succeeded') return { status, value: this.output(index) };
    if (status !== 'failed') return { status };
    return { status, error: this.#state.steps.get((this.nodes[index] as CompiledNode).id)?.error };
  }
}
