import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { joinStep, type Subject, trivialStep, type Work, workInput } from '../work.ts';

/** What of the builder is used: its own type grows with each node and cannot express 100 of them. */
interface Builder {
  addNode(name: string, run: (state: { value: number; parts: number[] }) => Promise<object>): Builder;
  addEdge(from: string | string[], to: string): Builder;
  compile(): { invoke(input: object, config: object): Promise<{ value: number }> };
}

const State = Annotation.Root({
  value: Annotation<number>(),
  parts: Annotation<number[]>({ reducer: (all, more) => all.concat(more), default: () => [] }),
});

function chain(graph: Builder, size: number): void {
  for (let i = 0; i < size; i += 1) {
    graph.addNode(`step-${i}`, async ({ value }) => ({ value: await trivialStep(value) }));
    graph.addEdge(i === 0 ? START : `step-${i - 1}`, `step-${i}`);
  }
  graph.addEdge(`step-${size - 1}`, END);
}

function fanOut(graph: Builder, size: number): void {
  const names = Array.from({ length: size }, (_, i) => `step-${i}`);
  for (const name of names) {
    graph.addNode(name, async ({ value }) => ({ parts: [await trivialStep(value)] }));
    graph.addEdge(START, name);
  }
  graph.addNode('join', async ({ parts }) => ({ value: await joinStep(parts) }));
  graph.addEdge(names, 'join').addEdge('join', END);
}

/** Without a checkpointer, which is its fastest. */
export const subject: Subject = {
  prepare({ shape, size }: Work) {
    const graph = new StateGraph(State) as unknown as Builder;
    (shape === 'chain' ? chain : fanOut)(graph, size);
    const compiled = graph.compile();
    return {
      async run() {
        return (await compiled.invoke({ value: workInput }, { recursionLimit: size + 10 })).value;
      },
    };
  },
};
