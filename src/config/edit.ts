import { applyEdits, findNodeAtLocation, parseTree, type JSONPath, type Node } from 'jsonc-parser';
import { CrossflockError } from '../errors/crossflock-error.js';
import { renderJson, styleOf, type JsonStyle } from './json-style.js';

/**
 * Changes in the text of a JSON document that leave every other character as it was. jsonc-parser
 * finds the places; its own `modify` is not used, because it removes the wrong characters where the
 * last item of a list stands in one line with its bracket (seen with 3.3.1).
 */

/**
 * The text with `value` as the last item of the list at `path`, written like the items before it. A
 * list that is not there is made.
 */
export function appendItem(text: string, path: JSONPath, value: unknown): string {
  const list = findNodeAtLocation(rootOf(text), path);
  if (list === undefined) return setProperty(text, path, [value]);
  return insertLast(text, list, (indent, style) => renderJson(value, { style, indent }));
}

/** The text with the property at `path` set; its parent object has to be there. */
export function setProperty(text: string, path: JSONPath, value: unknown): string {
  const root = rootOf(text);
  const found = findNodeAtLocation(root, path);
  const style = styleOf(text);
  if (found !== undefined) {
    const indent = lineIndent(text, found.offset);
    const content = renderJson(value, { style, indent });
    return replace(text, { offset: found.offset, length: found.length, content });
  }
  const parent = nodeAt(root, path.slice(0, -1));
  const name = JSON.stringify(String(path.at(-1)));
  return insertLast(text, parent, (indent) => {
    const key = name + style.colon;
    return key + renderJson(value, { style, indent, used: key.length });
  });
}

/** The text without the list item or the property at `path`. */
export function removeAt(text: string, path: JSONPath): string {
  const found = nodeAt(rootOf(text), path);
  // A value's parent is its property, which goes as a whole.
  const entry = found.parent?.type === 'property' ? found.parent : found;
  const siblings = entry.parent?.children ?? [];
  const at = siblings.indexOf(entry);
  const [before, after] = [siblings[at - 1], siblings[at + 1]];
  if (before !== undefined) return cut(text, endOf(before), endOf(entry));
  if (after !== undefined) return cut(text, entry.offset, after.offset);
  const { parent } = entry;
  if (parent === undefined) throw noPlace(path);
  return cut(text, parent.offset + 1, endOf(parent) - 1);
}

function rootOf(text: string): Node {
  const root = parseTree(text);
  if (root === undefined) throw noPlace([]);
  return root;
}

function nodeAt(root: Node, path: JSONPath): Node {
  const found = findNodeAtLocation(root, path);
  if (found === undefined) throw noPlace(path);
  return found;
}

/** Only a document that passed no check gets here. */
function noPlace(path: JSONPath): CrossflockError {
  const place = path.length === 0 ? 'document' : path.join('.');
  return new CrossflockError(`the configuration has no ${place} to change`, { code: 'unexpected' });
}

/** Puts an entry behind the last one of a list or an object, in the way its neighbours stand. */
function insertLast(
  text: string,
  parent: Node,
  entry: (indent: string, style: JsonStyle) => string,
): string {
  const style = styleOf(text);
  const entries = parent.children ?? [];
  const last = entries.at(-1);
  if (last === undefined) {
    const outer = lineIndent(text, parent.offset);
    const inner = outer + style.unit;
    const open = parent.type === 'array' ? '[' : '{';
    const close = parent.type === 'array' ? ']' : '}';
    const content = style.compact
      ? open + entry(outer, style) + close
      : `${open}${style.eol}${inner}${entry(inner, style)}${style.eol}${outer}${close}`;
    return replace(text, { offset: parent.offset, length: parent.length, content });
  }
  const start = entries.length > 1 ? endOf(entries.at(-2) as Node) : parent.offset + 1;
  // What stands between the last two, without the comma; before the only one, what the bracket leaves.
  const gap = text.slice(start, last.offset).replace(',', '');
  const isOwnLine = gap.includes('\n');
  const indent = lineIndent(text, last.offset);
  const separator = isOwnLine ? style.eol + indent : entries.length > 1 ? gap : style.space;
  const content = `,${separator}${entry(indent, style)}`;
  return replace(text, { offset: endOf(last), length: 0, content });
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function cut(text: string, from: number, to: number): string {
  return replace(text, { offset: from, length: to - from, content: '' });
}

function replace(text: string, edit: { offset: number; length: number; content: string }): string {
  return applyEdits(text, [edit]);
}

/** The white space that the line of an offset begins with. */
function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}
