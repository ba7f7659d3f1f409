"""Start of the submitter container: arguments and environment to a configured pool."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from crossflock_container import address, settings
from crossflock_container.arguments import parse_arguments
from crossflock_container.files import own_directory, write_file
from crossflock_container.irods import install_irods
from crossflock_container.launch import run_start, say
from crossflock_container.problems import StartProblem
from crossflock_container.trust import install_trust, read_pool_key
from crossflock_flock.pools import at_start

STATE = Path("/var/lib/crossflock")
HOST_KEYS = STATE / "ssh"
AUTHORIZED_KEYS = Path("/home/condor_pool/.ssh/authorized_keys")


def prepare_state() -> None:
    """The folders of the state volume, with the owners that their users need."""
    own_directory(STATE, 0o755)
    own_directory(STATE / "spool", 0o755, "condor")
    own_directory(STATE / "runs", 0o755, "condor_pool")
    own_directory(HOST_KEYS, 0o700)


def prepare_ssh(public_key: str | None) -> None:
    """Host keys (kept in the volume, so they stay known) and condor_pool's key."""
    own_directory(Path("/run/sshd"), 0o755)
    for kind in ("ed25519", "rsa"):
        key = HOST_KEYS / f"ssh_host_{kind}_key"
        if not key.exists():
            _run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "crossflock", "-f", str(key)])
    own_directory(AUTHORIZED_KEYS.parent, 0o700, "condor_pool")
    if public_key is None:
        say("no ssh public key (-k) was given: nobody can log in by ssh")
    elif not _is_public_key(public_key):
        raise StartProblem("-k is not an ssh public key: give the content of a .pub file")
    write_file(AUTHORIZED_KEYS, f"{public_key or ''}\n", 0o600, "condor_pool")


def _is_public_key(text: str) -> bool:
    check = subprocess.run(
        ["ssh-keygen", "-l", "-f", "-"], input=text, capture_output=True, text=True, check=False
    )
    return "\n" not in text and check.returncode == 0


def _run(command: list[str]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise StartProblem(f"{command[0]} failed: {result.stderr.strip()}")


def start() -> None:
    """Everything before condor_master."""
    arguments = parse_arguments("submitter", sys.argv[1:])
    key = read_pool_key(os.environ)
    own_address = address.find_address(os.environ.get("SCIDAS_APP_NETWORK"))
    name = settings.container_name(os.environ, socket.gethostname())
    write_file(
        settings.CONTAINER_CONFIG,
        settings.as_text(settings.network_settings(own_address, name, own_address)),
    )
    prepare_state()
    pools = at_start(arguments.flock_to, own_address).pools
    if not pools:
        say("no pools to flock to yet: jobs wait in the queue until crossflock-flock is told of one")
    prepare_ssh(arguments.ssh_key)
    install_irods(arguments.irods)
    install_trust(key)
    say(f"submitter '{name}' at {own_address}, flocking to {', '.join(pools) or 'no pool'}")


if __name__ == "__main__":
    run_start("submitter", start)
