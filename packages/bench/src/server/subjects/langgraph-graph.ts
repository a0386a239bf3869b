import { Annotation, END, START, StateGraph } from '@langchain/langgraph';

const State = Annotation.Root({ n: Annotation<number>() });

/** What the server of LangGraph loads by the name of this file. */
export const graph = new StateGraph(State)
  .addNode('double', async ({ n }) => ({ n: 2 * n }))
  .addEdge(START, 'double')
  .addEdge('double', END)
  .compile();
