/** A question to Prometheus; `legend` may name labels, as in `{{unit}}`. */
export interface PanelQuery {
  readonly expr: string;
  readonly legend: string;
}

/** A panel of the dashboard. */
export interface PanelPlan {
  readonly title: string;
  readonly description: string;
  /** One number, or lines over time. */
  readonly kind: 'stat' | 'lines';
  /** As Grafana calls it. */
  readonly unit: 'short' | 'percentunit' | 's' | 'reqps';
  readonly queries: readonly PanelQuery[];
}

/** Panels under a heading. */
export interface RowPlan {
  readonly title: string;
  readonly panels: readonly PanelPlan[];
}

const runs = 'aiwork_runs_total{unit=~"$unit"}';
const runSeconds = 'aiwork_run_duration_seconds_bucket{unit=~"$unit"}';
const over = (status: string) => `aiwork_runs_total{unit=~"$unit",status=~"${status}"}`;
const perMinute = (of: string, by: string) => `60 * sum by (${by}) (rate(${of}[$__rate_interval]))`;
const quantile = (q: number, of: string, by = '') =>
  `histogram_quantile(${q}, sum by (le${by && `, ${by}`}) (rate(${of}[$__rate_interval])))`;

const runsRow: RowPlan = {
  title: 'Runs',
  panels: [
    {
      title: 'Runs a minute',
      description: 'Runs that are over, however they ended.',
      kind: 'stat',
      unit: 'short',
      queries: [{ expr: `60 * sum(rate(${runs}[$__rate_interval]))`, legend: 'runs' }],
    },
    {
      title: 'Failed',
      description:
        'Of the runs that could have succeeded, in the time that is shown. Cancelled ones do not count.',
      kind: 'stat',
      unit: 'percentunit',
      queries: [
        {
          expr: `(sum(increase(${over('failed')}[$__range])) or vector(0)) / sum(increase(${over('failed|succeeded')}[$__range]))`,
          legend: 'failed',
        },
      ],
    },
    {
      title: 'Worked on now',
      description:
        'Runs that processes have taken up. One that waits for a person or a time is not among them.',
      kind: 'stat',
      unit: 'short',
      queries: [{ expr: 'sum(aiwork_runs_active{unit=~"$unit"})', legend: 'runs' }],
    },
    {
      title: 'Jobs waiting',
      description: 'In all queues that are watched.',
      kind: 'stat',
      unit: 'short',
      queries: [{ expr: 'sum(max by (queue, group) (aiwork_queue_lag))', legend: 'jobs' }],
    },
    {
      title: 'Runs by how they ended',
      description: 'A minute.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: perMinute(runs, 'status'), legend: '{{status}}' }],
    },
    {
      title: 'How much of its error budget each unit burns',
      description:
        'Failures of an hour, as a multiple of what an objective of 99 % allows. At 1 the budget lasts as long as it is meant to; at 14.4 somebody is paged.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: 'unit:aiwork_run_failures:ratio_rate1h{unit=~"$unit"} / 0.01', legend: '{{unit}}' }],
    },
    {
      title: 'How long runs take',
      description:
        'From start to end, waits included: half of the runs, 95 and 99 of a hundred take no longer.',
      kind: 'lines',
      unit: 's',
      queries: [
        { expr: quantile(0.5, runSeconds), legend: 'p50' },
        { expr: quantile(0.95, runSeconds), legend: 'p95' },
        { expr: quantile(0.99, runSeconds), legend: 'p99' },
      ],
    },
    {
      title: 'Slowest units',
      description: '95 of a hundred runs take no longer.',
      kind: 'lines',
      unit: 's',
      queries: [
        {
          expr: `topk(8, ${quantile(0.95, runSeconds, 'unit')})`,
          legend: '{{unit}}',
        },
      ],
    },
  ],
};

const stepsRow: RowPlan = {
  title: 'Steps',
  panels: [
    {
      title: 'Slowest steps',
      description: '95 of a hundred take no longer, attempts that failed included.',
      kind: 'lines',
      unit: 's',
      queries: [
        {
          expr: `topk(8, ${quantile(0.95, 'aiwork_step_duration_seconds_bucket{unit=~"$unit"}', 'unit, step')})`,
          legend: '{{unit}}/{{step}}',
        },
      ],
    },
    {
      title: 'Attempts that failed and were followed by another',
      description: 'A minute.',
      kind: 'lines',
      unit: 'short',
      queries: [
        {
          expr: perMinute('aiwork_step_retries_total{unit=~"$unit"}', 'unit, step'),
          legend: '{{unit}}/{{step}}',
        },
      ],
    },
    {
      title: 'Steps that failed',
      description: 'A minute.',
      kind: 'lines',
      unit: 'short',
      queries: [
        {
          expr: perMinute('aiwork_steps_total{unit=~"$unit",status="failed"}', 'unit, step'),
          legend: '{{unit}}/{{step}}',
        },
      ],
    },
  ],
};

const modelsRow: RowPlan = {
  title: 'Models and tools',
  panels: [
    {
      title: 'Calls of models',
      description: 'A minute.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: perMinute('aiwork_model_calls_total', 'model'), legend: '{{model}}' }],
    },
    {
      title: 'Tokens',
      description: 'A minute, as the models say.',
      kind: 'lines',
      unit: 'short',
      queries: [
        {
          expr: perMinute('gen_ai_client_token_usage_sum', 'gen_ai_request_model, gen_ai_token_type'),
          legend: '{{gen_ai_request_model}} {{gen_ai_token_type}}',
        },
      ],
    },
    {
      title: 'Calls of tools that failed',
      description: 'Of all calls of the tool.',
      kind: 'lines',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum by (tool) (rate(aiwork_tool_calls_total{ok="false"}[$__rate_interval])) / sum by (tool) (rate(aiwork_tool_calls_total[$__rate_interval]))',
          legend: '{{tool}}',
        },
      ],
    },
  ],
};

const happened = (events: string) => `aiwork_resilience_events_total{event=~"${events}"}`;

const resilienceRow: RowPlan = {
  title: 'Resilience',
  panels: [
    {
      title: 'Protected calls that failed',
      description:
        'Of those that were not left by who asked. What a fallback made good failed here all the same.',
      kind: 'lines',
      unit: 'percentunit',
      queries: [
        {
          expr: 'sum by (call) (rate(aiwork_calls_total{outcome="failed"}[$__rate_interval])) / sum by (call) (rate(aiwork_calls_total{outcome=~"failed|succeeded"}[$__rate_interval]))',
          legend: '{{call}}',
        },
      ],
    },
    {
      title: 'Further attempts',
      description: 'Retries, and attempts beside one that is slow; a minute.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: perMinute(happened('retry|hedge'), 'call, event'), legend: '{{call}}: {{event}}' }],
    },
    {
      title: 'Breakers that are not closed',
      description: 'In how many processes. Only those that opened before are known.',
      kind: 'lines',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (breaker, state) (aiwork_breakers{state!="closed"})',
          legend: '{{breaker}} {{state}}',
        },
      ],
    },
    {
      title: 'Refused by a layer',
      description: 'A breaker, bulkhead, rate limit or budget forbade a call or another attempt; a minute.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: perMinute(happened('.*[.]refused'), 'call, event'), legend: '{{call}}: {{event}}' }],
    },
    {
      title: 'Went on with the next',
      description: 'Fallbacks a minute.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: perMinute('aiwork_fallbacks_total', 'from, to'), legend: '{{from}} to {{to}}' }],
    },
    {
      title: 'How long calls take, and wait for rate limits',
      description: '95 of a hundred no longer, all attempts and waits included.',
      kind: 'lines',
      unit: 's',
      queries: [
        {
          expr: `topk(8, ${quantile(0.95, 'aiwork_call_duration_seconds_bucket', 'call')})`,
          legend: '{{call}}',
        },
        {
          expr: quantile(0.95, 'aiwork_rate_limit_wait_seconds_bucket', 'rate_limit'),
          legend: 'for {{rate_limit}}',
        },
      ],
    },
  ],
};

const serviceRow: RowPlan = {
  title: 'Queues and servers',
  panels: [
    {
      title: 'Jobs waiting, by queue',
      description: 'Jobs that no worker of the group has been handed yet.',
      kind: 'lines',
      unit: 'short',
      queries: [{ expr: 'max by (queue, group) (aiwork_queue_lag)', legend: '{{queue}} of {{group}}' }],
    },
    {
      title: 'Requests by how they were answered',
      description: 'A second.',
      kind: 'lines',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (status) (rate(aiwork_http_requests_total[$__rate_interval]))',
          legend: '{{status}}',
        },
      ],
    },
    {
      title: 'Slowest routes',
      description:
        '99 of a hundred answers take no longer. Some routes wait for runs, which may take as long as it likes.',
      kind: 'lines',
      unit: 's',
      queries: [
        {
          expr: `topk(8, ${quantile(0.99, 'aiwork_http_request_duration_seconds_bucket', 'route')})`,
          legend: '{{route}}',
        },
      ],
    },
  ],
};

/** What the dashboard shows, from top to bottom. */
export const rows: readonly RowPlan[] = [runsRow, stepsRow, modelsRow, resilienceRow, serviceRow];
