/** Commands that have commands of their own. */
const GROUPS = ['peers', 'images', 'lab', 'gem', 'workflow'];

type Arguments = readonly string[];
type Rule = readonly [pattern: RegExp, tell: (found: readonly string[], args: Arguments) => string];

/** Each of yargs' sentences that is told in other words; the first that fits counts. */
const RULES: readonly Rule[] = [
  [
    /^did you mean (.+)\?$/,
    ([, meant], args) => `"${mistyped(args)}" is no command; did you mean ${meant}?`,
  ],
  [
    /^unknown arguments?: (.+)$/,
    ([, names = ''], args) => unknownArguments(names.split(', '), args),
  ],
  [
    /^not enough arguments following: (.+)$/,
    ([, name = ''], args) => `${asTyped(name, args)} wants a value`,
  ],
  [
    /^not enough non-option arguments/,
    (_found, args) => `${words(args).slice(0, 2).join(' ')} wants one more argument`,
  ],
  [
    /^invalid values: +argument: ([a-z-]+), given: .*, choices: (.+)$/i,
    ([, name = '', choices = ''], args) =>
      `${withValue(name, args)}: write one of ${choices.replaceAll('"', '')}`,
  ],
  // Our own checks name the option alone.
  [
    /^([a-z][a-z-]*): (write .+)$/,
    ([, name = '', what], args) => `${withValue(name, args)}: ${what}`,
  ],
];

/**
 * What yargs says of the arguments, in this program's words: lower case, with the wrong word as it
 * was typed. Pure.
 */
export function usageSentence(message: string, args: Arguments): string {
  const line = message.split('\n').join(' ').trim();
  const text = line.charAt(0).toLowerCase() + line.slice(1);
  for (const [pattern, tell] of RULES) {
    const found = pattern.exec(text);
    if (found !== null) return tell(found, args);
  }
  // Where to look it up is the hint of every such message.
  return text.replace(/\? see .* --help$/, '?');
}

/** `peers add` of the arguments `peers add -c FILE`, as far as `sentence` does not blame it. */
export function commandWords(
  args: readonly string[],
  commands: readonly string[],
  sentence: string,
): readonly string[] {
  const [first = '', second = ''] = words(args);
  if (!commands.includes(first)) return [];
  const isCommand = GROUPS.includes(first) && /^[a-z]+$/.test(second);
  const isBlamed = sentence.includes(`"${second}"`) || sentence.endsWith(`: ${second}`);
  return isCommand && !isBlamed ? [first, second] : [first];
}

/** What stands before the first option; what follows it may be a value. */
function words(args: readonly string[]): readonly string[] {
  const options = args.findIndex((arg) => arg.startsWith('-'));
  return options === -1 ? args : args.slice(0, options);
}

function mistyped(args: readonly string[]): string {
  const [first = '', second] = words(args);
  return GROUPS.includes(first) ? (second ?? first) : first;
}

/** yargs names an option twice, as `dry-run` and as `dryRun`. */
function unknownArguments(names: readonly string[], args: readonly string[]): string {
  const typed = new Set(names.map((name) => asTyped(name, args)));
  const known = [...typed].filter((name) => args.some((arg) => arg.split('=')[0] === name));
  const told = known.length > 0 ? known : [...typed];
  return `unknown argument${told.length === 1 ? '' : 's'}: ${told.join(', ')}`;
}

/** `--jobs many`, as typed; the option alone where its value is a default. */
function withValue(name: string, args: readonly string[]): string {
  const option = asTyped(name, args);
  const at = args.findIndex((arg) => arg.split('=')[0] === option);
  const typed = args[at] ?? '';
  const value = typed.includes('=') ? typed.slice(option.length + 1) : args[at + 1];
  return at === -1 || value === undefined ? option : `${option} ${value}`;
}

/** With the dashes that it was written with. */
function asTyped(name: string, args: readonly string[]): string {
  const forms = [`--${name}`, `-${name}`];
  return forms.find((form) => args.some((arg) => arg.split('=')[0] === form)) ?? name;
}
