/*
 * Scripts of a service on the host. They are constant: what varies is in the file `service` beside
 * them, a `name=value` in each line, and in the env file.
 */

/**
 * Starts the part in place of itself. With a `root` it is the file system of an image, in a mount
 * namespace of its own where the host's folders are seen under their own names, and all of the host
 * at `/host`; mounts that the host makes later are seen too. What it has started with is said in
 * the spec file, so that a look can tell whether it has to start again.
 */
export const RUN_SCRIPT = String.raw`#!/bin/sh
# Written by crossflock; changes are overwritten.
set -eu
umask 022
folder=$(dirname "$0")
while IFS='=' read -r name value; do
  case $name in
    part) part=$value ;;
    spec) spec=$value ;;
    command) command=$value ;;
    root) root=$value ;;
    settings) settings=$value ;;
    work) work=$value ;;
    runtime) runtime=$value ;;
    path) path=$value ;;
  esac
done <"$folder/service"
mkdir -p "$runtime" "$work"
if [ -n "$root" ]; then
  if [ "$#" -eq 0 ]; then
    exec unshare --mount --propagation slave -- "$0" inside
  fi
  root=$(readlink -f "$root")
  [ -x "$root/usr/bin/env" ] || { echo "crossflock: the file system of the image is not in $root" >&2; exit 1; }
  # Docker's socket is called by either name.
  [ -L "$root/var/run" ] || { rm -rf "$root/var/run"; ln -s /run "$root/var/run"; }
  mkdir -p "$root/host"
  mount --rbind / "$root/host"
  for each in /proc /sys /dev /run "$settings" "$work"; do
    mkdir -p "$root$each"
    mount --rbind "$each" "$root$each"
  done
  for each in /etc/resolv.conf /etc/hosts; do
    [ -e "$each" ] || continue
    rm -f "$root$each"
    : >"$root$each"
    mount --bind "$each" "$root$each"
  done
fi
set --
while IFS= read -r line || [ -n "$line" ]; do
  set -- "$@" "$line"
done <"$folder/env"
printf '%s\n' "$spec" >"$runtime/$part.spec"
if [ -n "$root" ]; then
  exec chroot "$root" /usr/bin/env -i PATH="$path" HOME=/root "$@" "$command"
fi
exec env -i PATH="$path" HOME=/root "$@" "$command"
`;

/**
 * Keeps the part running where no systemd does, and ends it, and nothing that it has started, with
 * itself; SIGUSR1 is handed on, which to an agent says that it leaves for good. The number of the
 * process is in `$1`.
 */
export const SUPERVISE_SCRIPT = String.raw`#!/bin/sh
# Written by crossflock; changes are overwritten.
folder=$(dirname "$0")
stop=
child=
trap 'stop=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null' TERM INT
trap 'stop=1; [ -z "$child" ] || kill -USR1 "$child" 2>/dev/null' USR1
mkdir -p "$(dirname "$1")"
echo $$ >"$1"
while [ -z "$stop" ]; do
  "$folder/run" &
  child=$!
  while kill -0 "$child" 2>/dev/null; do wait "$child"; done
  child=
  [ -n "$stop" ] || sleep 2
done
rm -f "$1"
`;

/** What a script in `/etc/init.d` does, with `folder`, `pidfile` and `log` set before. */
export const INIT_SCRIPT = String.raw`
running() { [ -r "$pidfile" ] && kill -0 "$(cat "$pidfile")" 2>/dev/null; }
end() {
  running || exit 0
  pid=$(cat "$pidfile")
  kill "-$1" "$pid"
  left=$2
  while [ "$left" -gt 0 ]; do
    kill -0 "$pid" 2>/dev/null || exit 0
    sleep 1
    left=$((left - 1))
  done
  echo "$0: process $pid does not end" >&2
  exit 1
}
case "$1" in
  start)
    running && exit 0
    mkdir -p "$(dirname "$log")"
    setsid "$folder/supervise" "$pidfile" </dev/null >>"$log" 2>&1 &
    ;;
  stop)
    end TERM 10
    ;;
  leave)
    end USR1 90
    ;;
  restart | force-reload)
    "$0" stop && "$0" start
    ;;
  status)
    if running; then echo "running"; else echo "stopped"; exit 3; fi
    ;;
  *)
    echo "usage: $0 start|stop|restart|status|leave" >&2
    exit 2
    ;;
esac
`;

/**
 * Ends the agent of the unit `$1` for good: SIGUSR1 in place of the signal that it may come back
 * after. It stops the agent's containers before it ends; a kill beside a stop would cut that short,
 * and a kill alone would have it started again.
 */
export const LEAVE_SCRIPT = String.raw`
settings=/run/systemd/system/$1.d
mkdir -p "$settings"
printf '[Service]\nKillSignal=SIGUSR1\nTimeoutStopSec=90\n' >"$settings/leave.conf"
systemctl daemon-reload
systemctl stop "$1"
ended=$?
rm -rf "$settings"
exit "$ended"
`;
