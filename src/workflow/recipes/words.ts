/** `{name}` is a placeholder, `{{name}}` stands for `{name}`; any other brace is itself. */
const PLACEHOLDER = /\{(\{[A-Za-z_][\w.-]*\})\}|\{([A-Za-z_][\w.-]*)\}/g;

/** Names of the placeholders in a text. */
export function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].flatMap(([, , name]) =>
    name === undefined ? [] : [name],
  );
}

/** The text with the values of its placeholders; one without a value is left empty. */
export function filled(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(
    PLACEHOLDER,
    (_all, literal: string | undefined, name: string) => literal ?? values.get(name) ?? '',
  );
}

/**
 * A word of a command line as one that means nothing special to HTCondor's submit language and
 * DAGMan's: percent-encoded UTF-8, the empty word as `%`. The submitter's command_job.py decodes it.
 */
export function encoded(word: string): string {
  if (word === '') return '%';
  return word.replace(/[^A-Za-z0-9_@+=:,./-]/gu, (character) =>
    [...new TextEncoder().encode(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}

/** Whether a program is a file to send along: it has a relative path. */
export function isLocalProgram(program: string): boolean {
  return program.includes('/') && !program.startsWith('/');
}
