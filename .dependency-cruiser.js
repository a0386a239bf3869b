/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'A cycle means that two files are one thing, or that a third is missing.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'core-stands-alone',
      comment: 'Everything depends on core; core depends on nothing of ours.',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: '^(packages/(?!core/)|plugins/|contract-tests/|docs/)' },
    },
    {
      name: 'plugins-need-core-alone',
      comment:
        'A plugin depends on core, may write ONNX files or share what chat models do, and has the contracts as a dev dependency; never on another plugin.',
      severity: 'error',
      from: {
        path: '^plugins/([^/]+)/',
        pathNot: '^plugins/(redis-memory/|embeddings/(test/|contract\\.ts$|src/.*\\.test\\.ts$))',
      },
      to: {
        path: '^(packages/(?!(core|onnx-format|chat-model-kit)/)|plugins/|docs/)',
        pathNot: '^plugins/$1/',
      },
    },
    {
      name: 'redis-memory-joins-two',
      comment: 'It keeps in Redis, as @aiwork/redis does, what is found as @aiwork/memory does.',
      severity: 'error',
      from: { path: '^plugins/redis-memory/' },
      to: { path: '^(packages/(?!core/)|plugins/(?!(redis-memory|redis|memory)/)|docs/)' },
    },
    {
      name: 'embeddings-are-tried-on-engines',
      comment: 'A model is right when an engine computes with it what the original computes.',
      severity: 'error',
      from: { path: '^plugins/embeddings/(test/|contract\\.ts$|src/.*\\.test\\.ts$)' },
      to: {
        path: '^(packages/(?!(core|onnx-format|server)/)|plugins/|docs/)',
        pathNot: '^plugins/(embeddings|onnxruntime|openvino)/',
      },
    },
    {
      name: 'chat-model-kit-needs-core-alone',
      severity: 'error',
      from: { path: '^packages/chat-model-kit/' },
      to: { path: '^(packages/(?!(core|chat-model-kit)/)|plugins/|contract-tests/|docs/)' },
    },
    {
      name: 'contracts-in-tests-only',
      comment: 'What a plugin ships does not import the contract tests.',
      severity: 'error',
      from: { path: '^plugins/[^/]+/src/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^contract-tests/' },
    },
    {
      name: 'contracts-need-core-alone',
      comment: 'The models that runtimes are tried with they write themselves.',
      severity: 'error',
      from: { path: '^contract-tests/' },
      to: { path: '^(packages/(?!(core|onnx-format)/)|plugins/|docs/)' },
    },
    {
      name: 'cli-needs-core-and-client',
      severity: 'error',
      comment:
        'What it loads when it is asked for and installed, such as the server, it knows by types alone.',
      from: { path: '^packages/cli/', pathNot: '^packages/cli/test/' },
      to: {
        path: '^(packages/(?!core/|client/|cli/)|plugins/|contract-tests/|docs/)',
        dependencyTypesNot: ['type-only', 'type-import'],
      },
    },
    {
      name: 'onnx-format-needs-core-alone',
      severity: 'error',
      from: { path: '^packages/onnx-format/' },
      to: { path: '^(packages/(?!(core|onnx-format)/)|plugins/|contract-tests/|docs/)' },
    },
    {
      name: 'server-needs-core-and-client',
      comment:
        'Of the client, the types of what goes over the wire. Its tests have stores that several processes share.',
      severity: 'error',
      from: { path: '^packages/server/(?!test/)' },
      to: { path: '^(packages/(?!core/|client/|server/)|plugins/|contract-tests/|docs/)' },
    },
    {
      name: 'resilience-needs-core-alone',
      severity: 'error',
      comment: 'Its tests have a link with faults.',
      from: { path: '^packages/resilience/src/' },
      to: { path: '^(packages/(?!(core|resilience)/)|plugins/|contract-tests/|docs/)' },
    },
    {
      name: 'thinking-needs-core-alone',
      severity: 'error',
      comment: 'Its tests have a server, and services of the contracts.',
      from: { path: '^packages/thinking/src/', pathNot: '\\.(test|fixture)\\.ts$' },
      to: { path: '^(packages/(?!core/|thinking/)|plugins/|contract-tests/|docs/)' },
    },
    {
      name: 'client-needs-types-alone',
      comment: 'It goes into browsers; its tests have a server.',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: '\\.(test|test-d|fixture)\\.ts$' },
      to: {
        path: '^(packages/(?!client/)|plugins/|contract-tests/|docs/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'create-plugin-needs-nothing-of-ours',
      comment: 'Only what it makes does.',
      severity: 'error',
      from: { path: '^packages/create-plugin/src/' },
      to: { path: '^(packages/(?!create-plugin/)|plugins/|contract-tests/|docs/)' },
    },
    {
      name: 'adapters-are-contracts',
      comment: 'The adapter interfaces stand without the engine that uses them.',
      severity: 'error',
      from: { path: '^packages/core/src/adapters/', pathNot: '\\.test(-d)?\\.ts$' },
      to: { path: '^packages/core/src/(engine|units|embedded|testing|observe)/' },
    },
    {
      name: 'nothing-of-tests-in-what-ships',
      severity: 'error',
      from: {
        path: '^(packages|plugins)/[^/]+/src/',
        pathNot: '\\.(test|test-d|fixture)\\.ts$|^packages/bench/',
      },
      to: { path: '\\.(test|test-d|fixture)\\.ts$' },
    },
    {
      name: 'resolvable',
      comment: 'Flows of the tests may be broken on purpose; mdast is a package of types alone.',
      severity: 'error',
      from: { pathNot: '/test/flows/' },
      to: { couldNotResolve: true, pathNot: '^mdast$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@aiwork/source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
