/**
 * Unpacks the file system of the image `CROSSFLOCK_IMAGE` into a folder of its own in
 * `CROSSFLOCK_ROOTS`, named after the image's id (see `rootName`), and points `CROSSFLOCK_LINK` at
 * it. To be run as root. An image that no one has sent to the host is pulled. Folders of other images stay: tasks that still run may use them.
 */
export const UNPACK_SCRIPT = String.raw`
set -eu
docker image inspect "$CROSSFLOCK_IMAGE" >/dev/null 2>&1 || docker pull -q "$CROSSFLOCK_IMAGE" >/dev/null
id=$(docker image inspect --format '{{.Id}}' "$CROSSFLOCK_IMAGE")
name=$(printf '%s' "$id" | tr -c 'A-Za-z0-9_.' '-')
folder=$CROSSFLOCK_ROOTS/$name
if ! [ -d "$folder" ]; then
  part=$(mktemp -d "$CROSSFLOCK_ROOTS/part.XXXXXX")
  container=
  trap 'rm -rf "$part"; [ -z "$container" ] || docker rm "$container" >/dev/null' EXIT
  container=$(docker create --label crossflock.deployment="$CROSSFLOCK_DEPLOYMENT" "$CROSSFLOCK_IMAGE" true)
  docker export "$container" | tar -x -C "$part"
  [ -x "$part/usr/bin/env" ] || { echo "$CROSSFLOCK_IMAGE could not be unpacked, or has no /usr/bin/env" >&2; exit 1; }
  chmod 755 "$part"
  mv "$part" "$folder"
fi
ln -sfn "$name" "$CROSSFLOCK_LINK.new"
mv -T "$CROSSFLOCK_LINK.new" "$CROSSFLOCK_LINK"
`;

/** Name of the folder that the file system of an image is in, by the image's id. */
export function rootName(imageId: string): string {
  return imageId.replaceAll(/[^A-Za-z0-9_.]/g, '-');
}
