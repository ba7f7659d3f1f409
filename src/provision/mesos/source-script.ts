/**
 * One step of compiling Mesos, named by its argument; done once, whoever comes back to it: a step
 * that is done has left a file, and `make` goes on where it was. Everything that it prints is in a
 * log of its own, the end of which is told where it fails.
 *
 * Step `mend`: gRPC 1.10, which Mesos 1.11.0 brings along, has a function `gettid`, and so has glibc
 * since 2.30. Mesos renamed it after the release (MESOS-10210, branch 1.11.x).
 */
export const SOURCE_SCRIPT = String.raw`
set -eu
umask 022
step=$1
mkdir -p "$CROSSFLOCK_BUILD"
cd "$CROSSFLOCK_BUILD"
[ ! -e "done-$step" ] || exit 0
log=$CROSSFLOCK_BUILD/$step.log

run() {
  status=0
  "$@" >>"$log" 2>&1 || status=$?
  [ "$status" = 0 ] || { tail -n 12 "$log" >&2; exit "$status"; }
}
is_intact() {
  [ -e mesos.tar.gz ] && echo "$CROSSFLOCK_SHA256  mesos.tar.gz" | sha256sum -c --status
}

case $step in
fetch)
  if ! is_intact; then
    run curl -fsSL --retry 3 -o mesos.tar.gz "$CROSSFLOCK_URL"
    is_intact || { echo "the archive is not the one that was released" >&2; rm -f mesos.tar.gz; exit 1; }
  fi
  ;;
unpack)
  rm -rf mesos
  mkdir -p mesos/build
  run tar -xzf mesos.tar.gz --strip-components=1 --no-same-owner -C mesos
  ;;
configure)
  cd mesos/build
  run ../configure --prefix="$CROSSFLOCK_PREFIX" --disable-java --disable-python \
    --enable-optimize --disable-werror
  ;;
mend)
  cd mesos/build/3rdparty
  run make grpc-1.10.0-stamp
  cd grpc-1.10.0/src/core/lib
  run sed -i 's/\bgettid\b/sys_gettid/g' \
    gpr/log_linux.cc gpr/log_posix.cc iomgr/ev_epollex_linux.cc
  ;;
make) run make -C mesos/build -j"$CROSSFLOCK_CORES" V=0 ;;
install) run make -C mesos/build install ;;
finish)
  run "$CROSSFLOCK_PREFIX/sbin/mesos-agent" --version
  run "$CROSSFLOCK_PREFIX/sbin/mesos-master" --version
  printf %s "$CROSSFLOCK_MARKER_TEXT" >"$CROSSFLOCK_MARKER.draft"
  mv "$CROSSFLOCK_MARKER.draft" "$CROSSFLOCK_MARKER"
  cd /
  rm -rf "$CROSSFLOCK_BUILD"
  exit 0
  ;;
*)
  echo "unknown step $step" >&2
  exit 2
  ;;
esac
: >"$CROSSFLOCK_BUILD/done-$step"
`;
