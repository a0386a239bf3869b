import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOrchestrator } from '../orchestrator.ts';
import { definePlugin } from '../plugin.ts';
import { echo } from './engine.fixture.ts';
import { pluginLog } from './plugin-log.ts';

const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
afterEach(() => emitWarning.mockClear());
const warned = () => emitWarning.mock.calls.map(([text]) => text);

describe('what plugins log', () => {
  it('warns under their names', async () => {
    const plugin = definePlugin({ name: 'mine', setup: (host) => host.log.warn('it is late') });
    await using ai = createOrchestrator({ plugins: [plugin()] });
    await (await ai.start(echo, 1)).result();
    expect(emitWarning).toHaveBeenCalledExactlyOnceWith('mine: it is late', 'AiworkWarning');
  });

  it('comes with its data in one line: of errors the message, of long values the begin', () => {
    pluginLog('q').error('lost', { queue: 'tiles', inFlight: 3, error: new Error('no\nanswer') });
    pluginLog('q').warn('long', { text: 'x'.repeat(1000) });
    expect(warned()).toEqual([
      'q: lost (queue: tiles, inFlight: 3, error: no answer)',
      `q: long (text: ${'x'.repeat(300)}…)`,
    ]);
  });

  it('says nothing of what only helps to find defects', () => {
    pluginLog('q').debug('here');
    pluginLog('q').info('there');
    expect(warned()).toEqual([]);
  });
});
