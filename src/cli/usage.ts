/** Commands that have commands of their own. */
const GROUPS = ['peers', 'images', 'lab', 'gem', 'workflow'];

/**
 * What yargs says of the arguments, in this program's words: lower case, with the wrong word as it
 * was typed. Pure.
 */
export function usageSentence(message: string, args: readonly string[]): string {
  const line = message.split('\n').join(' ').trim();
  const text = line.charAt(0).toLowerCase() + line.slice(1);
  const [, meant] = /^did you mean (.+)\?$/.exec(text) ?? [];
  if (meant !== undefined) return `"${mistyped(args)}" is no command; did you mean ${meant}?`;
  const [, unknown] = /^unknown arguments?: (.+)$/.exec(text) ?? [];
  if (unknown !== undefined) return unknownArguments(unknown.split(', '), args);
  const [, name] = /^not enough arguments following: (.+)$/.exec(text) ?? [];
  if (name !== undefined) return `${asTyped(name, args)} wants a value`;
  if (text.startsWith('not enough non-option arguments')) {
    return `${words(args).slice(0, 2).join(' ')} wants one more argument`;
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

/** With the dashes that it was written with. */
function asTyped(name: string, args: readonly string[]): string {
  const forms = [`--${name}`, `-${name}`];
  return forms.find((form) => args.some((arg) => arg.split('=')[0] === form)) ?? name;
}
