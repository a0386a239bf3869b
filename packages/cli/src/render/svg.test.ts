import { defineFlow, type FlowBuilder, type Step } from '@aiwork/core';
import { Window } from 'happy-dom';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { reviewFlow } from './review-flow.fixture.ts';
import { toSvg } from './svg.ts';

const drawn = (build: (f: FlowBuilder<unknown>) => Step<number>, id = 'flow') =>
  toSvg(defineFlow({ id, input: z.unknown() }, build).toGraph());

function parse(svg: string) {
  const { DOMParser } = new Window();
  return new DOMParser().parseFromString(svg, 'image/svg+xml');
}

describe('toSvg', () => {
  it('draws a box for each step, and for input and output', () => {
    const graph = reviewFlow.toGraph();
    const document = parse(toSvg(graph));
    expect(document.querySelectorAll('.box')).toHaveLength(graph.nodes.length + 2);
    for (const { id } of graph.nodes) expect(document.documentElement.textContent).toContain(id);
  });

  it('lets no text become markup', () => {
    const svg = drawn((f) => f.step('<script>&"\'', { run: () => 1 }), '</svg><img onerror=x>');
    expect(svg).not.toMatch(/<script|<img/);
    expect(svg.match(/<\/svg>/g)).toHaveLength(1);
    expect(parse(svg).querySelector('title')?.textContent).toBe('Flow </svg><img onerror=x>');
  });

  it('tells those who do not see it what it shows', () => {
    const document = parse(toSvg(reviewFlow.toGraph()));
    expect(document.documentElement.getAttribute('role')).toBe('img');
    expect(document.querySelector('desc')?.textContent).toMatch(/\w+/);
  });

  it('asks for nothing from anywhere', () => {
    expect(toSvg(reviewFlow.toGraph()).replace('http://www.w3.org/2000/svg', '')).not.toMatch(
      /https?:|href|@import/,
    );
  });

  it('gives equal pictures for equal graphs', () => {
    expect(toSvg(reviewFlow.toGraph())).toBe(toSvg(reviewFlow.toGraph()));
  });

  it('places four hundred steps without one on another', () => {
    const svg = drawn((f) => {
      const steps: Step<number>[] = [f.step('s0', { run: () => 0 })];
      for (let i = 1; i < 400; i++) {
        const needs = { a: steps[Math.floor(i / 2)] as Step<number>, b: steps[i - 1] as Step<number> };
        steps.push(f.step(`s${i}`, { needs: i % 7 === 0 ? needs : { a: needs.a }, run: () => i }));
      }
      return steps[399] as Step<number>;
    });
    const places = [...svg.matchAll(/<g class="step[^"]*" transform="translate\(([^)]+)\)/g)].map(
      (match) => match[1],
    );
    expect(places).toHaveLength(400);
    expect(new Set(places).size).toBe(400);
  });
});
