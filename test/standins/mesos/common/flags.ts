/** Flags of Mesos' programs: from the command line and from variables `MESOS_<NAME>`. */

/** What a program knows: names of flags with a value, of booleans, and other names of either. */
export interface FlagTable {
  readonly values: readonly string[];
  readonly booleans: readonly string[];
  /** Deprecated name to the name in use. */
  readonly aliases: Readonly<Record<string, string>>;
}

export class FlagError extends Error {}

type Given = ReadonlyMap<string, string | undefined>;

/**
 * Values by flag; booleans are `true` or `false`. A variable that names no flag is ignored.
 * @throws FlagError in Mesos' words. One that is given both ways is refused here, while Mesos
 *   itself lets the command line win without a word.
 */
export function readFlags(
  table: FlagTable,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  const known = new Set([...table.values, ...table.booleans, ...Object.keys(table.aliases)]);
  const load = (given: Given): void => {
    for (const [name, value] of given) loadOne({ table, known, flags }, name, value);
  };
  load(fromCommandLine(argv));
  load(fromEnvironment(known, env));
  return flags;
}

function fromCommandLine(argv: readonly string[]): Given {
  const given = new Map<string, string | undefined>();
  for (const arg of argv) {
    if (arg === '--') break;
    if (!arg.startsWith('--')) continue;
    const at = arg.indexOf('=');
    const name = (at < 0 ? arg.slice(2) : arg.slice(2, at)).toLowerCase();
    const positive = name.startsWith('no-') ? name.slice(3) : name;
    if (given.has(name) || given.has(positive)) {
      throw new FlagError(`Duplicate flag '${name}' on command line`);
    }
    given.set(name, at < 0 ? undefined : arg.slice(at + 1));
  }
  return given;
}

function fromEnvironment(
  known: ReadonlySet<string>,
  env: Readonly<Record<string, string | undefined>>,
): Given {
  const given = new Map<string, string | undefined>();
  for (const [key, value] of Object.entries(env)) {
    if (!key.startsWith('MESOS_')) continue;
    const name = key.slice('MESOS_'.length).toLowerCase();
    const positive = name.startsWith('no-') ? name.slice(3) : name;
    if (known.has(positive)) given.set(name, value);
  }
  return given;
}

interface Loading {
  readonly table: FlagTable;
  readonly known: ReadonlySet<string>;
  readonly flags: Map<string, string>;
}

function loadOne({ table, known, flags }: Loading, name: string, value: string | undefined): void {
  const negated = name.startsWith('no-');
  const asked = negated ? name.slice(3) : name;
  if (!known.has(asked)) {
    throw new FlagError(`Failed to load unknown flag '${asked}'${negated ? ` via '${name}'` : ''}`);
  }
  const flag = table.aliases[asked] ?? asked;
  if (flags.has(flag)) throw new FlagError(`Flag '${asked}' is already loaded via name '${flag}'`);
  if (table.booleans.includes(flag)) flags.set(flag, booleanOf(asked, negated, value));
  else if (negated) {
    throw new FlagError(`Failed to load non-boolean flag '${asked}' via '${name}'`);
  } else if (value === undefined) {
    throw new FlagError(`Failed to load non-boolean flag '${asked}': Missing value`);
  } else flags.set(flag, value);
}

function booleanOf(name: string, negated: boolean, value: string | undefined): string {
  if (value === undefined || value === '') return String(!negated);
  if (negated) {
    throw new FlagError(
      `Failed to load boolean flag '${name}' via 'no-${name}' with value '${value}'`,
    );
  }
  if (value === 'true' || value === '1') return 'true';
  if (value === 'false' || value === '0') return 'false';
  throw new FlagError(
    `Failed to load flag '${name}': Failed to load value '${value}': Expecting a boolean (e.g., true or false)`,
  );
}

/** `--name="value"` of each, as at Mesos' start. */
export function showFlags(flags: ReadonlyMap<string, string>): string {
  const secret = new Set(['zk', 'master']);
  return [...flags]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, value]) =>
        `--${name}="${secret.has(name) ? value.replace(/:[^:@/]*@/, ':***@') : value}"`,
    )
    .join(' ');
}
