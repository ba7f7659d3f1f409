// Who may import what. The order is one-way:
//   errors, util  <-  ports  <-  plan, pipeline  <-  features  <-  actions  <-  cli
// Adapters implement ports; features never see each other, an adapter or a view library.
const feature = 'config|networks|marathon|embedded|workflow|report|provision|state|lab|images';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'ground-imports-ground-only',
      comment: 'errors and util stand on nothing of ours',
      severity: 'error',
      from: { path: '^src/(errors|util)/' },
      to: { path: '^src/(?!errors/|util/)' },
    },
    {
      name: 'ports-stand-on-ground',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { path: '^src/(?!errors/|util/|ports/)' },
    },
    {
      name: 'plan-and-pipeline-stand-on-ports',
      severity: 'error',
      from: { path: '^src/(plan|pipeline)/' },
      // Plan reads the types of the configuration, never its loader.
      to: {
        path: '^src/(?!errors/|util/|ports/|plan/|pipeline/)',
        pathNot: '^src/config/types(\\.generated)?\\.ts$',
      },
    },
    {
      name: 'features-never-import-each-other',
      severity: 'error',
      from: { path: `^src/(${feature})/` },
      to: {
        path: `^src/(${feature})/`,
        pathNot: ['^src/$1/', '^src/config/types(\\.generated)?\\.ts$'],
      },
    },
    {
      name: 'features-know-no-adapter-action-or-cli',
      severity: 'error',
      from: { path: `^src/(${feature})/` },
      to: { path: '^src/(adapters|actions|cli)/' },
    },
    {
      name: 'actions-know-no-adapter-or-cli',
      severity: 'error',
      from: { path: '^src/actions/' },
      to: { path: '^src/(adapters|cli)/' },
    },
    {
      name: 'adapters-implement-ports',
      severity: 'error',
      from: { path: '^src/adapters/' },
      to: { path: '^src/(?!adapters/|errors/|util/|ports/)' },
    },
    {
      name: 'axios-in-the-marathon-client-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/marathon/client\\.ts$' },
      to: { path: 'node_modules/axios/' },
    },
    {
      name: 'dockerode-in-the-embedded-marathon-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/embedded/' },
      to: { path: 'node_modules/(@types/)?dockerode/' },
    },
    {
      name: 'ssh2-in-the-ssh-adapter-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/ssh/' },
      to: { path: 'node_modules/(@types/)?ssh2/' },
    },
    {
      name: 'yargs-in-cli-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: 'node_modules/(@types/)?yargs/' },
    },
    {
      name: 'charts-and-graphs-in-the-report-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/report/' },
      to: { path: 'node_modules/(@types/)?(d3-|graphology)' },
    },
    {
      name: 'views-and-execa-in-adapters-alone',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/' },
      to: { path: 'node_modules/(listr2|ora|execa)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
