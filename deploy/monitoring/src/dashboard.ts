import { ReduceDataOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { type PanelPlan, type PanelQuery, type RowPlan, rows } from './panels.ts';

/** How many columns Grafana has. */
const columns = 24;
const heights = { row: 1, stat: 4, lines: 8 } as const;
/** The one that provisioning sets up. */
const datasource = { type: 'prometheus', uid: 'prometheus' };
const lastValue = new ReduceDataOptionsBuilder().calcs(['lastNotNull']);

/** The dashboard, as Grafana reads it. */
export function dashboard(): Dashboard {
  const builder = new DashboardBuilder('aiwork')
    .uid('aiwork')
    .description(
      'Runs, steps, models, protected calls, queues and servers of aiwork. What is what: docs/operations/monitoring.md',
    )
    .tags(['aiwork'])
    .timezone('browser')
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(
      new QueryVariableBuilder('unit')
        .label('Unit')
        .datasource(datasource)
        .query('label_values(aiwork_runs_total, unit)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    );
  let y = 0;
  let id = 0;
  const nextId = () => {
    id += 1;
    return id;
  };
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title).id(nextId()).gridPos({ x: 0, y, w: columns, h: heights.row }));
    y = addPanels(builder, row, y + heights.row, nextId);
  }
  return builder.build();
}

/** Puts the panels of a row beside and below each other; gives where the next row may begin. */
function addPanels(
  builder: DashboardBuilder,
  { panels }: RowPlan,
  top: number,
  nextId: () => number,
): number {
  let y = top;
  for (const kind of ['stat', 'lines'] as const) {
    const alike = panels.filter((panel) => panel.kind === kind);
    const across = kind === 'stat' ? Math.min(alike.length, 4) : alike.length % 3 === 0 ? 3 : 2;
    for (const [index, panel] of alike.entries()) {
      const w = columns / across;
      const position = { x: (index % across) * w, y: y + Math.floor(index / across) * heights[kind], w };
      builder.withPanel(
        panelOf(panel)
          .id(nextId())
          .gridPos({ ...position, h: heights[kind] }),
      );
    }
    y += Math.ceil(alike.length / across || 0) * heights[kind];
  }
  return y;
}

function panelOf({ title, description, kind, unit, queries }: PanelPlan): StatBuilder | LinesBuilder {
  const panel =
    kind === 'stat' ? new StatBuilder().reduceOptions(lastValue) : new LinesBuilder().min(0).fillOpacity(8);
  panel.title(title).description(description).datasource(datasource).unit(unit);
  for (const [index, query] of queries.entries()) panel.withTarget(targetOf(query, index));
  return panel;
}

function targetOf({ expr, legend }: PanelQuery, index: number): DataqueryBuilder {
  return new DataqueryBuilder()
    .datasource(datasource)
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .expr(expr)
    .legendFormat(legend);
}
