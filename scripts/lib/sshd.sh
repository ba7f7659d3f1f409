# shellcheck shell=bash
# OpenSSH's server and client, for the tests of hosts over SSH. The tests start servers of
# their own; the machine's own, where there is one, is left as it is.

# Brings what is missing where that asks no question. A failure is told, and the tests
# that need it say that they are skipped.
sshd_ready() {
  # The client's package brings ssh-keygen and ssh-agent as well.
  if [[ -x /usr/sbin/sshd ]] && command -v ssh >/dev/null; then return; fi
  if ! has_apt || ! root_possible; then return; fi
  # shellcheck disable=SC2034 # a failure is none of the tests
  local status
  attempt status step 'openssh server and client' _sshd_install
}

# A server that nobody asked for must not begin to listen on this machine.
_sshd_install() {
  local policy=/usr/sbin/policy-rc.d ours=no
  if ! [[ -e $policy ]]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  local result=0
  apt_install openssh-server openssh-client || result=$?
  if [[ $ours == yes ]]; then as_root rm -f "$policy"; fi
  if ((result == 0)); then note 'installed, not started'; fi
  return "$result"
}
