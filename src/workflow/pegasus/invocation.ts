/**
 * What a job's program wrote to its standard error, in the record that Pegasus' kickstart prints
 * about it: XML up to Pegasus 4 (Pegasus manual, "Monitoring, Debugging and Statistics", "The
 * Kickstart record": `statcall id="stderr"` with its `data`), YAML from 5 on. The last program of
 * the job counts. Empty where there is none.
 */
export function stderrOfInvocation(text: string): readonly string[] {
  const xml = [...text.matchAll(XML)].at(-1)?.[1];
  const said = xml === undefined ? ofYaml(text) : unescaped(xml);
  return said.split('\n').filter((line) => line.trim() !== '');
}

const XML = /<statcall\b[^>]*\bid="stderr"[^>]*>(?:(?!<\/statcall>)[\s\S])*?<data\b[^>]*>([^<]*)</g;

/** `files:` has `stderr:` with `data: |` and the text, deeper. */
function ofYaml(text: string): string {
  const lines = text.split('\n');
  const at = lines.findLastIndex((line) => /^\s+stderr:\s*$/.test(line));
  if (at < 0) return '';
  const depth = indent(lines[at] ?? '');
  const own = lines.slice(at + 1);
  const end = own.findIndex((line) => line.trim() !== '' && indent(line) <= depth);
  const block = end < 0 ? own : own.slice(0, end);
  const data = block.findIndex((line) => /^\s+data:\s*[|>]/.test(line));
  if (data < 0) return '';
  const inner = indent(block[data] ?? '');
  const said = block.slice(data + 1);
  const after = said.findIndex((line) => line.trim() !== '' && indent(line) <= inner);
  return (after < 0 ? said : said.slice(0, after)).map((line) => line.trim()).join('\n');
}

function indent(line: string): number {
  return line.length - line.trimStart().length;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
