# shellcheck shell=bash
# What scripts/demo, scripts/test and scripts/bench share: where things are, the lock,
# and the steps that make a fresh machine ready. Source it; it does nothing by itself.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
STATE="$ROOT/.crossflock"
LOGS="$STATE/logs"
# Programs of the administrator (dockerd, iptables) are not on every user's PATH.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# A question can be asked only where somebody can answer it.
INTERACTIVE=no
# shellcheck disable=SC2034 # root.sh reads it
if [[ -t 0 && -t 2 ]]; then INTERACTIVE=yes; fi

# shellcheck source=scripts/lib/say.sh
source "$ROOT/scripts/lib/say.sh"
# shellcheck source=scripts/lib/lock.sh
source "$ROOT/scripts/lib/lock.sh"
# shellcheck source=scripts/lib/root.sh
source "$ROOT/scripts/lib/root.sh"
# shellcheck source=scripts/lib/apt.sh
source "$ROOT/scripts/lib/apt.sh"
# shellcheck source=scripts/lib/node.sh
source "$ROOT/scripts/lib/node.sh"
# shellcheck source=scripts/lib/docker.sh
source "$ROOT/scripts/lib/docker.sh"
# shellcheck source=scripts/lib/modules.sh
source "$ROOT/scripts/lib/modules.sh"
# shellcheck source=scripts/lib/base-image.sh
source "$ROOT/scripts/lib/base-image.sh"
# shellcheck source=scripts/lib/images.sh
source "$ROOT/scripts/lib/images.sh"

# Makes the folders and takes the lock. Arguments: those of the script itself, so that
# it can start itself again with the rights that Docker needs.
setup_begin() {
  # shellcheck disable=SC2034 # docker.sh reads it
  SELF=("$ROOT/scripts/$(basename "$0")" "$@")
  cd "$ROOT" || return
  mkdir -p "$LOGS"
  lock_folder
}

# Node, node modules and the build: all that does not need Docker.
setup_code() {
  node_ready
  modules_ready
  build_ready
}
