// The configuration's fields as Markdown tables, one for each object of the schema.

const SECTIONS = [
  ['Top level', undefined],
  ['`ssh`', 'ssh'],
  ['`ssh.sudo`, `clusters[].hosts[].sudo`', 'sudoPassword'],
  ['`ssh.jump[]`, `clusters[].hosts[].jump[]`', 'jumpHost'],
  ['`docker`', 'docker'],
  ['`images`', 'images'],
  ['`clusters[]`', 'cluster'],
  ['`clusters[].engine`: `embedded`', 'embeddedEngine'],
  ['`clusters[].engine`: `mesos`', 'mesosEngine'],
  ['`clusters[].engine.images`', 'mesosImages'],
  ['`clusters[].engine.ports`', 'mesosPorts'],
  ['`clusters[].engine.flags`', 'mesosFlags'],
  ['`clusters[].engine.resources`', 'engineResources'],
  ['`clusters[].auth`', 'auth'],
  ['`clusters[].hosts[]`', 'host'],
  ['`containers[]`', 'container'],
  ['`containers[].ports[]`', 'port'],
  ['`containers[].volumes[]`', 'volume'],
  ['`containers[].health_checks[]`', 'healthCheck'],
  ['`network`', 'network'],
  ['`network.containers[]`', 'address'],
  ['`network.weave`', 'weave'],
  ['`workflow`', 'workflow'],
  ['`workflow.command`', 'command'],
  ['`workflow.command.gather`', 'gather'],
  ['`workflow.photodemo`', 'photodemo'],
  ['`workflow.kinc3`', 'kinc3'],
  ['`workflow.kinc3.rmt`', 'kinc3Rmt'],
  ['`workflow.osg_kinc`', 'osgKinc'],
];

const cell = (text) => text.replaceAll('|', '\\|');

function row(schema, [name, field], required) {
  const target = field.$ref ? schema.definitions[field.$ref.split('/').at(-1)] : {};
  const examples = field.examples ?? target.examples ?? [];
  const shown = examples.map((example) => `\`${JSON.stringify(example)}\``).join(', ');
  const text = field.description ?? target.description;
  return `| \`${name}\` | ${required.includes(name) ? 'yes' : 'no'} | ${cell(text)} | ${cell(shown)} |`;
}

/** All sections, with a heading each. Throws when the schema has an object that no section shows. */
export function fieldTable(schema) {
  const shown = new Set(SECTIONS.map(([, name]) => name));
  const inline = [
    'secretEnv',
    'secretFile',
    'textOrSecret',
    'programWords',
    'outputNames',
    'flagValues',
  ];
  const missing = Object.keys(schema.definitions).filter(
    (name) => !shown.has(name) && !inline.includes(name),
  );
  if (missing.length > 0) throw new Error(`no section shows ${missing.join(', ')}`);
  return SECTIONS.map(([title, name]) => {
    const part = name === undefined ? schema : schema.definitions[name];
    const rows = Object.entries(part.properties).map((entry) =>
      row(schema, entry, part.required ?? []),
    );
    return [
      `### ${title}`,
      '',
      part.description,
      '',
      '| field | required | meaning | examples |',
      '| --- | --- | --- | --- |',
      ...rows,
      '',
    ].join('\n');
  }).join('\n');
}
