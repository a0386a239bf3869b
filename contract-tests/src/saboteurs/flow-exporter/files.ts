import type { FlowExporterUnderTest } from '../../contracts/flow-exporter/flow-exporter-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { yieldTurns } from '../saboteur.ts';
import { broken, given, placing, writing } from './broken.ts';
import type { Plan } from './plan.ts';

const paths = 'flow-exporter.files.paths';
const sameAgain = 'flow-exporter.files.same-again';

/** Exporters whose files are in the wrong place, or others each time. */
export const fileSaboteurs: readonly Saboteur<FlowExporterUnderTest>[] = [
  broken(
    {
      id: 'files-by-id',
      breaks: 'Names files after flows',
      caughtBy: [{ check: paths, message: 'with a backslash' }],
    },
    placing((id) => `plans/${id}.json`),
  ),
  broken(
    {
      id: 'leaves-the-folder',
      breaks: 'Keeps slashes and dots of flow ids in paths',
      caughtBy: [{ check: paths, message: 'with an empty name or dots' }],
    },
    placing((id) => `plans/${encodeURIComponent(id).slice(0, 200).replaceAll('%2F', '/')}`),
  ),
  broken(
    {
      id: 'long-file-names',
      breaks: 'Lets file names grow with flow ids',
      caughtBy: [{ check: paths, message: 'with a name over 255 bytes' }],
    },
    placing((id) => `plans/${Buffer.from(id).toString('hex')}.json`),
  ),
  broken(
    {
      id: 'absolute-paths',
      breaks: 'Gives absolute paths',
      caughtBy: [{ check: paths, message: 'not relative' }],
    },
    placing((id) => `/plans/${Buffer.from(id).toString('hex').slice(0, 100)}`),
  ),
  broken(
    {
      id: 'case-matters',
      breaks: 'Tells files apart by upper and lower case',
      caughtBy: [{ check: 'flow-exporter.files.apart', message: 'the other flow with a file at' }],
    },
    placing((id) => `plans/${encodeURIComponent(id)}.json`),
  ),
  broken(
    {
      id: 'byte-order-mark',
      breaks: 'Begins files with a byte order mark',
      caughtBy: [{ check: 'flow-exporter.files.text', message: 'without a byte order mark' }],
    },
    writing((content) => `\ufeff${content}`),
  ),
  broken(
    {
      id: 'stamps-the-time',
      breaks: 'Writes down when a file was made',
      caughtBy: [{ check: sameAgain, message: 'exported again' }],
    },
    writing((content) => content.replace('{', `{"made":"${new Date().toUTCString()}",`)),
  ),
  broken(
    {
      id: 'counts-its-exports',
      breaks: 'Numbers files over all exports of the process',
      caughtBy: [{ check: sameAgain, message: 'exported again' }],
    },
    ({ export: make }) => {
      let count = 0;
      return writing((content) => {
        count += 1;
        return content.replace('{', `{"number":${count},`);
      })({ target: 'plan', export: make });
    },
  ),
  broken(
    {
      id: 'one-buffer-for-all',
      breaks: 'Collects files where the next export puts its own',
      caughtBy: [{ check: sameAgain, message: 'exported with others at once' }],
    },
    ({ export: make }) => {
      let current: Awaited<ReturnType<typeof make>> = [];
      return async (flow, options) => {
        current = await make(flow, options);
        await yieldTurns(1);
        return current;
      };
    },
  ),
  broken(
    {
      id: 'keys-as-they-come',
      breaks: 'Writes keys in the order in which it is given them',
      caughtBy: [{ check: 'flow-exporter.files.key-order', message: 'its keys reversed' }],
    },
    writing((content, flow) => {
      const plan = JSON.parse(content) as Plan;
      const nodes = new Map(flow.toGraph().nodes.map((node) => [node.id, node]));
      const tasks = plan.tasks.map((task) => ({ ...task, does: nodes.get(task.name) }));
      return JSON.stringify({ ...plan, tasks });
    }),
  ),
  broken(
    {
      id: 'sorts-the-flow',
      breaks: 'Sorts the steps of the flow it is given',
      caughtBy: [{ check: 'flow-exporter.files.flow-stays', message: 'after its export' }],
    },
    given((flow) => {
      const { nodes } = flow.toGraph();
      if (!Object.isFrozen(nodes)) (nodes as unknown[]).reverse();
      return flow;
    }),
  ),
];
