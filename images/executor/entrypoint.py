"""Start of an executor container: arguments and environment to a configured pool."""

import os
import socket
import sys

from crossflock_container import address, settings
from crossflock_container.arguments import parse_arguments
from crossflock_container.files import own_directory, write_file
from crossflock_container.irods import install_irods
from crossflock_container.launch import run_start, say
from crossflock_container.trust import install_trust, read_pool_key

from pathlib import Path

EXECUTE = Path("/var/lib/condor/execute")


def start() -> None:
    """Everything before condor_master."""
    arguments = parse_arguments("executor", sys.argv[1:])
    key = read_pool_key(os.environ)
    cpus = settings.positive_number(os.environ, "SCIDAS_RESC_CPUS")
    memory = settings.positive_number(os.environ, "SCIDAS_RESC_MEM")
    own_address = address.find_address(os.environ.get("SCIDAS_APP_NETWORK"))
    name = settings.container_name(os.environ, socket.gethostname())
    manager = arguments.master_host or own_address
    lines = settings.network_settings(own_address, name, manager)
    lines += settings.slot_settings(cpus, memory)
    if manager != own_address:
        lines.append("DAEMON_LIST = MASTER, STARTD")
    write_file(settings.CONTAINER_CONFIG, settings.as_text(lines))
    own_directory(EXECUTE, 0o755, "condor")
    install_irods(arguments.irods)
    install_trust(key)
    say(f"executor '{name}' at {own_address}: {int(cpus)} slots, {int(memory)} MB")


if __name__ == "__main__":
    run_start("executor", start)
