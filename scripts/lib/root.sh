# shellcheck shell=bash
# The few things that need root: installing packages and starting Docker.

# Runs a command as root. Call root_ready first.
as_root() {
  if ((EUID == 0)); then
    "$@"
  else
    sudo -n "$@"
  fi
}

# root_ready WHAT: makes sure that as_root will work for WHAT ("installing docker.io").
# Asks for the password only at a terminal; elsewhere says what is missing and fails.
# Not for use inside a step: its output is a person's.
root_ready() {
  if root_possible; then return; fi
  if ! command -v sudo >/dev/null; then
    complain "$1 needs root and there is no sudo: run this script as root"
    return 1
  fi
  if [[ $INTERACTIVE == no ]]; then
    complain "$1 needs root, and sudo asks for a password, which nobody can type here:"
    complain "  run this script as root, at a terminal, or after 'sudo -v'"
    return 1
  fi
  say "$1 needs root; sudo may ask for your password"
  sudo -v
}

# Whether as_root works right now, without a question.
root_possible() { ((EUID == 0)) || sudo -n true 2>/dev/null; }
