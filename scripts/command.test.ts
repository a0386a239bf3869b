import { getPriority } from 'node:os';
import { describe, expect, it } from 'vitest';
import { command, inTheBackground } from './command.ts';

describe('command', () => {
  it('runs under the Node of the workspace, and under none of its binaries for the tools of the machine', async () => {
    const script = 'console.log(process.env.PATH)';
    const workspace = await command('node', ['-e', script]);
    const machine = await command(process.execPath, ['-e', script], { tools: 'machine' });
    expect(workspace.output).toContain('node_modules');
    expect(machine.output).not.toContain('node_modules');
  });

  it('ends a command, and what it started, that takes longer than its limit', async () => {
    const grandchild = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(Object, 1e6)'], { stdio: 'inherit' })`;
    const { ok, output } = await command('node', ['-e', grandchild], { timeoutMs: 300 });
    expect(ok).toBe(false);
    expect(output).toContain('node took longer than 0.3 s and was ended');
  });

  it('hides from children what pnpm tells its scripts', async () => {
    process.env.npm_config_some_setting = '1';
    const { output } = await command('node', ['-e', 'console.log(process.env.npm_config_some_setting)']);
    delete process.env.npm_config_some_setting;
    expect(output).toBe('undefined\n');
  });

  it('lets what runs in the background give way to others', async () => {
    const args = ['-e', "console.log(require('node:os').getPriority())"];
    const nicer = await inTheBackground(() => command('node', args));
    expect(Number(nicer.output)).toBeGreaterThan(getPriority());
    expect(await command('node', args)).toEqual({ ok: true, output: `${getPriority()}\n` });
  });
});
