import type { FlowExporterUnderTest } from '../../contracts/flow-exporter/flow-exporter-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { broken, editingTasks, placing, writing } from './broken.ts';

/** Names tasks after steps by another rule. */
const naming = (rename: (name: string) => string) =>
  editingTasks((task) => ({
    ...task,
    name: rename(task.name),
    after: task.after.map(rename),
  }));

const lookAlikes = 'flow-exporter.hostile.look-alikes';

/** Exporters that names and texts get the better of. */
export const hostileSaboteurs: readonly Saboteur<FlowExporterUnderTest>[] = [
  broken(
    {
      id: 'quotes-by-hand',
      breaks: 'Puts names between quotes as they are',
      caughtBy: [
        { check: 'flow-exporter.hostile.step-names', message: 'the tool to take flow "all of them"' },
      ],
    },
    writing((content) => content.replaceAll('\\"', '"')),
  ),
  broken(
    {
      id: 'knows-too-few-words',
      breaks: 'Leaves out steps that are called like a word of the language',
      caughtBy: [
        { check: 'flow-exporter.hostile.step-names', message: 'how the steps of flow "all of them" differ' },
      ],
    },
    editingTasks(({ step, ...task }) => (step === 'class' || step === undefined ? task : { ...task, step })),
  ),
  broken(
    {
      id: 'raw-version',
      breaks: 'Writes the version of a flow as it is',
      caughtBy: [{ check: 'flow-exporter.hostile.texts', message: 'the tool to take flow "version"' }],
    },
    writing((content, flow) => content.replace('{', `{"version":"${flow.version}",`)),
  ),
  broken(
    {
      id: 'folds-names',
      breaks: 'Does not tell upper from lower case in names',
      caughtBy: [{ check: lookAlikes, message: 'two tasks have one name' }],
    },
    naming((name) => name.toLowerCase()),
  ),
  broken(
    {
      id: 'cuts-names',
      breaks: 'Cuts names off',
      caughtBy: [{ check: lookAlikes, message: 'two tasks have one name' }],
    },
    naming((name) => name.slice(0, 200)),
  ),
  broken(
    {
      id: 'normalises-names',
      breaks: 'Takes names for identifiers, which a parser normalises',
      caughtBy: [{ check: lookAlikes, message: 'two tasks have one name' }],
    },
    naming((name) => name.normalize('NFKC')),
  ),
  broken(
    {
      id: 'underscores',
      breaks: 'Writes an underscore for whatever the tool does not take in a name',
      caughtBy: [{ check: lookAlikes, message: 'two tasks have one name' }],
    },
    naming((name) => name.replaceAll(/\W/g, '_')),
  ),
  broken(
    {
      id: 'escapes-not-its-escape',
      breaks: 'Escapes spaces and leaves what looks like an escape as it is',
      caughtBy: [{ check: lookAlikes, message: 'two tasks have one name' }],
    },
    naming((name) => name.replaceAll(' ', '_')),
  ),
  broken(
    {
      id: 'files-by-slug',
      breaks: 'Names files after what is left of the flow id without signs',
      caughtBy: [
        { check: 'flow-exporter.hostile.flow-names', message: 'there is no plan of' },
        { check: 'flow-exporter.files.apart', message: 'the other flow with a file at' },
      ],
    },
    placing((id) => `plans/${id.replaceAll(/\W/g, '_').slice(0, 100)}.json`),
  ),
];
