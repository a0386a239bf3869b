import process from 'node:process';

/**
 * What `command` comes to.
 *
 * @throws `AIWORK_FLOW_FILE` when nothing is left that could ever end it, where Node would quit with a riddle.
 */
export async function unlessStuck<T>(command: Promise<T>): Promise<T> {
  let tell = () => {};
  const stuck = new Promise<never>((_, reject) => {
    tell = () => reject(Object.assign(new Error(message), { code: 'AIWORK_FLOW_FILE' }));
  });
  process.once('beforeExit', tell);
  try {
    return await Promise.race([command, stuck]);
  } finally {
    process.off('beforeExit', tell);
  }
}

const message =
  'the command would never end: a flow file or a plugin of it awaits something that never comes';
