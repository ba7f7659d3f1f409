# shellcheck shell=bash
# Packages from the distribution (Debian, Ubuntu). All of it runs inside steps.

has_apt() { command -v apt-get >/dev/null; }

_apt() {
  # Another apt or dpkg at work (a fresh machine updates itself) is waited for.
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l \
    apt-get -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 "$@"
}

# apt_known PACKAGE: whether the lists name a version of PACKAGE to install.
apt_known() {
  local policy
  policy=$(LC_ALL=C apt-cache policy "$1" 2>/dev/null) || return 1
  [[ $policy == *'Candidate: '* && $policy != *'Candidate: (none)'* ]]
}

# apt_refresh PACKAGE: brings the package lists up to date when they do not know PACKAGE.
apt_refresh() {
  if ! apt_known "$1"; then _apt update -q; fi
}

# apt_install PACKAGE…: installs with nothing that is merely recommended. Lists that are
# too old name files that are gone: then they are updated and it is tried once more.
apt_install() {
  apt_refresh "$1"
  if _apt install -q --no-install-recommends "$@"; then return; fi
  echo 'once more, with fresh package lists'
  _apt update -q
  if _apt install -q --no-install-recommends "$@"; then return; fi
  hint "apt-get install $*"
  return 1
}
