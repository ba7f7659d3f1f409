# shellcheck shell=bash
# What `crossflock provision` is measured against: OpenSSH and Ansible from the
# distribution's packages. For scripts/bench alone.

provision_rivals_ready() {
  sshd_ready
  if ! [[ -x /usr/sbin/sshd ]] || ! command -v ssh >/dev/null; then
    complain 'the benchmark "provision" needs an OpenSSH server and client'
    complain '  try: apt-get install openssh-server openssh-client'
    return 1
  fi
  if command -v ansible-playbook >/dev/null; then return; fi
  if ! has_apt; then
    complain 'the benchmark "provision" needs ansible-playbook: install ansible-core'
    return 1
  fi
  root_ready 'installing ansible-core'
  step 'ansible-core' apt_install ansible-core
}
