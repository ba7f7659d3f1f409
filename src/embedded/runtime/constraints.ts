/** What one host offers to constraints. */
export interface HostView {
  readonly hostname: string;
  /** Tasks of the app that are on this host already. */
  readonly tasksHere: number;
}

/**
 * Whether one more task may run on this host: Marathon's constraints as far as one host goes. The
 * host has no attributes, region or zone, so only `UNLIKE` and nothing else holds for those.
 */
export function constraintsHold(
  constraints: readonly (readonly string[])[],
  host: HostView,
): boolean {
  return constraints.every((constraint) => holds(constraint, host));
}

function holds([field = '', operator = '', value]: readonly string[], host: HostView): boolean {
  if (field !== 'hostname' && field !== '@hostname') return operator === 'UNLIKE';
  switch (operator) {
    case 'UNIQUE':
      return host.tasksHere === 0;
    case 'CLUSTER':
      return value === undefined || value === '' || value === host.hostname;
    case 'IS':
      return value === host.hostname;
    case 'MAX_PER':
      return host.tasksHere < Number(value);
    case 'LIKE':
      return matchesWhole(value ?? '', host.hostname);
    case 'UNLIKE':
      return !matchesWhole(value ?? '', host.hostname);
    default:
      // GROUP_BY spreads over the values of a field; one host has one.
      return operator === 'GROUP_BY';
  }
}

/** A pattern that cannot be read matches nothing. */
function matchesWhole(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(text);
  } catch {
    return false;
  }
}
