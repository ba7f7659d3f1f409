/**
 * What a host has of the engine, in sections. Twenty milliseconds of CPU where all is as wanted:
 * the docker command, and who listens where, are asked only where nothing was written yet. No
 * secret is printed: of files their hashes, of an agent's variables those that its past depends on.
 */
export const PROBE_SCRIPT = String.raw`
section() { printf '\n@@ %s\n' "$1"; }
settings=$CROSSFLOCK_MESOS_SETTINGS
work=$CROSSFLOCK_MESOS_WORK
IFS='
'
set -f
section files
sha256sum $CROSSFLOCK_MESOS_FILES
section modes
stat -c '%a %n' $CROSSFLOCK_MESOS_FILES
section manifest
cat "$settings/manifest"
section services
for name in $CROSSFLOCK_MESOS_SERVICES; do
  if [ -e "/etc/systemd/system/$name.service" ]; then
    echo "systemd $name $(systemctl show -p ActiveState -p SubState -p UnitFileState "$name.service" | tr '\n' ' ')"
  elif [ -e "/etc/init.d/$name" ]; then
    if "/etc/init.d/$name" status >/dev/null; then state=active; else state=inactive; fi
    echo "sysv $name ActiveState=$state"
  fi
done
set +f
section secrets
sha256sum "$settings"/secrets/*
section specs
for file in "$CROSSFLOCK_MESOS_RUNTIME"/*.spec; do
  [ -r "$file" ] && read -r spec <"$file" && echo "$(basename "$file" .spec) $spec"
done
section root
readlink "$CROSSFLOCK_MESOS_ROOT"
section init
read -r line </proc/1/comm && echo "process $line"
[ -d /run/systemd/system ] && echo systemd
[ -x /usr/sbin/service ] && [ -d /etc/init.d ] && echo sysv
command -v unshare >/dev/null && echo unshare
section cgroup
grep -E ' - cgroup2? ' /proc/self/mountinfo
section kernel
cat /proc/cmdline
section past
[ -e "$work/meta/slaves/latest" ] && echo ran
grep -E '^MESOS_(RESOURCES|ATTRIBUTES|HOSTNAME|PORT)=' "$settings/agent/env"
section processes
for file in $(grep -lxE 'mesos-(agent|slave|master)' /proc/[0-9]*/comm); do
  pid=$(basename "$(dirname "$file")")
  read -r name <"/proc/$pid/comm" || continue
  folder=$({ tr '\0' '\n' <"/proc/$pid/environ" | sed -n 's/^MESOS_WORK_DIR=//p'
    tr '\0' '\n' <"/proc/$pid/cmdline" | sed -n 's/^--work_dir=//p'; } | tail -n 1)
  echo "$pid $name $folder"
done
section machine
sha256sum </etc/machine-id
section zookeeper
if [ -n "$CROSSFLOCK_MESOS_ZOOKEEPER" ] && command -v perl >/dev/null; then
  perl -e '
    alarm 5;
    my ($ip, $port) = split /:/, $ENV{CROSSFLOCK_MESOS_ZOOKEEPER};
    socket(my $socket, 2, 1, 0) or exit;
    connect($socket, pack("S n C4 x8", 2, $port, split /\./, $ip)) or exit;
    syswrite $socket, "srvr\n";
    print while sysread $socket, $_, 4096;
  '
elif [ -n "$CROSSFLOCK_MESOS_ZOOKEEPER" ]; then
  printf 'srvr\n' | curl -s --max-time 5 "telnet://$CROSSFLOCK_MESOS_ZOOKEEPER"
fi
if ! [ -e "$settings/manifest" ]; then
  section client
  command -v docker >/dev/null && docker --version
  section listeners
  ss -Hlntup
fi
`;
