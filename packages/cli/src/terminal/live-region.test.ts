import { describe, expect, it } from 'vitest';
import { liveRegion } from './live-region.ts';
import { screen } from './screen.fixture.ts';

describe('live region', () => {
  it('redraws in place', async () => {
    const { stream, lines } = screen(40, 10);
    const region = liveRegion(stream, []);
    region.draw(['one', 'two', 'three']);
    region.draw(['uno', 'dos']);
    expect(await lines()).toEqual(['uno', 'dos']);
    region.end();
  });

  it('lets what others print stay above it, finishing a line they left open', async () => {
    const { stream, lines } = screen(40, 10);
    const region = liveRegion(stream, []);
    region.draw(['frame 1']);
    stream.write('printed\n');
    region.draw(['frame 2']);
    stream.write('half a line');
    region.draw(['frame 3']);
    expect(await lines()).toEqual(['printed', 'half a line', 'frame 3']);
    region.end();
  });

  it('watches the other streams of the terminal too, and lets go of them at the end', async () => {
    const { stream, lines } = screen(40, 10);
    const other = { isTTY: true, write: (text: string) => stream.write(`${text}!\n`) };
    const { write } = other;
    const region = liveRegion(stream, [other as unknown as NodeJS.WriteStream]);
    region.draw(['frame']);
    other.write('from the other');
    region.draw(['frame']);
    region.end();
    expect(other.write).toBe(write);
    expect(await lines()).toEqual(['from the other!', 'frame']);
  });

  it('cuts lines to the width, counting wide characters as two columns', async () => {
    const { stream, lines } = screen(10, 5);
    const region = liveRegion(stream, []);
    region.draw(['0123456789abc', '日本語日本語']);
    region.draw(['0123456789abc', '日本語日本語']);
    expect(await lines()).toEqual(['012345678…', '日本語日…']);
    region.end();
  });

  it('leaves nothing behind when the terminal becomes narrower or wider', async () => {
    const { stream, lines, resize } = screen(60, 20);
    stream.write('before\n');
    const region = liveRegion(stream, []);
    const long = ['a'.repeat(60), 'b'.repeat(45), 'c'];
    region.draw(long);
    resize(20, 20);
    region.draw(long);
    expect(await lines()).toEqual(['before', `${'a'.repeat(19)}…`, `${'b'.repeat(19)}…`, 'c']);
    resize(60, 20);
    region.draw(long);
    expect(await lines()).toEqual(['before', ...long]);
    region.end();
  });
});
