/** Label selectors of `GET /v2/apps?label=`: `a`, `a==b`, `a!=b`, `a in (x,y)`, `a notin (x)`; comma means and. */
import { unprocessable } from '../errors.js';

type Labels = Readonly<Record<string, string>>;
type Selector = (labels: Labels) => boolean;

const VALUE = '[^\\s,()=!]+';
const TERM = new RegExp(
  `^\\s*(${VALUE})\\s*(?:(==|!=)\\s*(${VALUE})|\\s(in|notin)\\s*\\(([^()]*)\\))?\\s*$`,
);

/**
 * An app without the label never matches, `!=` and `notin` included.
 * @throws ApiError 422
 */
export function labelSelector(text: string): Selector {
  const terms = text.split(/,(?![^(]*\))/).map((term) => termSelector(term, text));
  return (labels) => terms.every((term) => term(labels));
}

function termSelector(term: string, whole: string): Selector {
  const match = TERM.exec(term);
  if (match === null) {
    throw unprocessable(
      `Can not parse label selector ${whole}. Reason: string matching regex expected but '${term.trim()}' found`,
    );
  }
  const [, key = '', operator, value, set, members] = match;
  const known = new Set(
    operator === undefined ? members?.split(',').map((member) => member.trim()) : [value],
  );
  const wanted = operator === '==' || set === 'in';
  return (labels) => {
    if (!Object.hasOwn(labels, key)) return false;
    if (operator === undefined && set === undefined) return true;
    return known.has(labels[key] ?? '') === wanted;
  };
}
