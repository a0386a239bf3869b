import type { ContainerRuntimeClient } from 'testcontainers';

export type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

/** What a container has said on both outputs. */
export async function containerLog(container: Container): Promise<string> {
  return textOf(await container.logs({ stdout: true, stderr: true }));
}

/** The end of it, to go on a message with; empty where there is no container. */
export async function lastWords(container: Container): Promise<string> {
  try {
    const said = textOf(await container.logs({ stdout: true, stderr: true, tail: 20 })).trim();
    return said && `\n${said}`;
  } catch {
    return '';
  }
}

/** Without a terminal, an engine puts a header of 8 bytes before each piece; its second half is the length. */
function textOf(pieces: Buffer): string {
  let text = '';
  for (let at = 0; at + 8 <= pieces.length; at += 8 + pieces.readUInt32BE(at + 4)) {
    text += pieces.toString('utf8', at + 8, at + 8 + pieces.readUInt32BE(at + 4));
  }
  return text;
}
