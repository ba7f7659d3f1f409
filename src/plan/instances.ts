/**
 * The ids of a container's instances: the id itself for one, `<id>-1` to `<id>-<count>` for more.
 */
export function instanceIds(id: string, count: number): readonly string[] {
  if (count <= 1) return [id];
  return Array.from({ length: count }, (_, index) => `${id}-${String(index + 1)}`);
}
