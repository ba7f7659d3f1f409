# shellcheck shell=bash
# A Docker Engine that answers: the one that is there, or the distribution's, started
# by systemd, by the init script, or directly where no init system runs.

DOCKERD_LOG=/var/log/crossflock-dockerd.log
DOCKER_SOCKET=/var/run/docker.sock

# Whether there is a Docker Engine here or one can be had. Prints the reason when not.
docker_possible() {
  if [[ -n ${CROSSFLOCK_NO_DOCKER:-} ]]; then
    say 'CROSSFLOCK_NO_DOCKER is set'
  elif docker_here; then
    return 0
  elif [[ -n ${DOCKER_HOST:-} ]]; then
    say "no Docker Engine answers at DOCKER_HOST=$DOCKER_HOST"
  elif ! command -v dockerd >/dev/null && ! has_apt; then
    say 'no Docker Engine is installed, and this is not Debian or Ubuntu'
  elif ! root_possible && [[ $INTERACTIVE == no || -z $(command -v sudo) ]]; then
    say 'no Docker Engine answers, and installing or starting one needs root'
  else
    return 0
  fi
  return 1
}

# Whether an engine answers already, to this user or to root.
docker_here() { _engine_answers || _engine_answers_root; }

# Makes sure that an engine answers to this user, or ends the script. May start the
# script again, with the group that owns Docker's socket.
docker_ready() {
  local reason
  if ! reason=$(docker_possible); then
    complain "docker engine: $reason"
    complain "  try: run this as root or, at a terminal or after 'sudo -v', with sudo's rights;"
    complain '  or install Docker Engine and start it, then run this again'
    return 1
  fi
  if ! _engine_answers; then root_ready 'installing or starting Docker Engine'; fi
  step 'docker engine' _docker_ensure
  if ! _engine_answers; then _start_again_with_docker_group; fi
}

# The same where no engine is an answer: sets DOCKER to "ready", or to the reason why
# there is none.
docker_try() {
  local status
  if ! DOCKER=$(docker_possible); then return; fi
  if ! _engine_answers && ! root_ready 'installing or starting Docker Engine'; then
    DOCKER='no Docker Engine answers, and installing or starting one needs root'
    return
  fi
  attempt status step 'docker engine' _docker_ensure
  if ((status != 0)); then
    DOCKER='no Docker Engine answers, and none could be installed and started'
    return
  fi
  if ! _engine_answers; then _start_again_with_docker_group; fi
  # shellcheck disable=SC2034 # scripts/test reads it
  DOCKER=ready
}

# The engine's version; fails when none answers in time.
_engine_version() { timeout 20 docker version --format '{{.Server.Version}}' 2>/dev/null; }
_engine_answers() { command -v docker >/dev/null && _engine_version >/dev/null; }

# The same as root, where that needs no password: only the socket's rights are missing.
_engine_answers_root() {
  ((EUID != 0)) && command -v docker >/dev/null && root_possible &&
    as_root timeout 20 docker version >/dev/null 2>&1
}

_docker_ensure() {
  if _engine_answers; then
    note "$(_engine_version) answers"
    return
  fi
  if _engine_answers_root; then
    note 'answers to root'
    return
  fi
  local done='started'
  if ! command -v dockerd >/dev/null || ! command -v docker >/dev/null; then
    _docker_install
    done='installed and started'
  fi
  _docker_start
  note "$done $(as_root docker version --format '{{.Server.Version}}')"
}

_docker_install() {
  local packages=()
  if ! has_apt; then
    hint 'install Docker Engine and start it: this is not Debian or Ubuntu'
    return 1
  fi
  apt_refresh docker.io
  if ! command -v dockerd >/dev/null; then packages+=(docker.io iptables ca-certificates); fi
  # Since Debian 13 the client is a package of its own.
  if ! command -v docker >/dev/null; then
    if apt_known docker-cli; then packages+=(docker-cli); else packages+=(docker.io); fi
  fi
  # Where the kernel enforces AppArmor, the engine starts no container without its parser.
  if [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] &&
    ! command -v apparmor_parser >/dev/null; then
    packages+=(apparmor)
  fi
  apt_install "${packages[@]}"
}

# Each way is tried only when the one before it gave no engine.
_docker_start() {
  # The package may have started it already.
  if _wait_for_engine 1; then return; fi
  if [[ -d /run/systemd/system ]]; then
    hint 'look at: journalctl -u docker'
    as_root systemctl start docker
    _wait_for_engine 60
    return
  fi
  if [[ -x /etc/init.d/docker ]] && as_root service docker start && _wait_for_engine 15; then
    return
  fi
  _dockerd_directly
}

_dockerd_directly() {
  local pid
  hint "look at $DOCKERD_LOG; a container needs the rights to run Docker inside it"
  # The engine outlives this script: a session of its own, no terminal, its own log.
  # shellcheck disable=SC2016 # $1 and $! belong to the shell that root runs
  pid=$(as_root sh -c 'setsid dockerd >"$1" 2>&1 </dev/null & echo $!' sh "$DOCKERD_LOG")
  if _wait_for_engine 60 "$pid"; then return; fi
  as_root tail -n 25 "$DOCKERD_LOG"
  return 1
}

# _wait_for_engine SECONDS [PID]: fails at the deadline, or when process PID is gone.
_wait_for_engine() {
  local deadline=$(($(now_us) + $1 * 1000000)) pid=${2:-}
  until as_root timeout 5 docker version >/dev/null 2>&1; do
    if [[ -n $pid && ! -d /proc/$pid ]]; then return 1; fi
    if (($(now_us) > deadline)); then return 1; fi
    sleep 0.2
  done
}

# Gives this run the group of Docker's socket, without changing the user's account.
_start_again_with_docker_group() {
  local gid
  gid=$(stat -Lc %g "$DOCKER_SOCKET" 2>/dev/null || echo 0)
  if ((gid == 0)) || [[ -n ${CROSSFLOCK_WITH_DOCKER_GROUP:-} ]]; then
    complain "docker engine: $DOCKER_SOCKET is not for $(id -un): run this script as root"
    return 1
  fi
  say "docker engine: answers to the group $(stat -Lc %G "$DOCKER_SOCKET") only; going on with it" \
    "(for good: sudo usermod -aG docker $(id -un))"
  # The lock is let go and taken again by the new start: sudo would hold on to it.
  unset CROSSFLOCK_LOCK_HELD
  exec 9>&-
  export CROSSFLOCK_WITH_DOCKER_GROUP=1
  # The environment goes through sudo itself (-E), not through arguments, where others
  # could read it. sudo replaces PATH and HOME in any case.
  exec sudo -n -E setpriv --reuid "$(id -u)" --regid "$(id -g)" \
    --groups "$(id -G | tr ' ' ,),$gid" \
    env "PATH=$PATH" "HOME=$HOME" "USER=$(id -un)" "LOGNAME=$(id -un)" bash "${SELF[@]}"
}
