"""iRODS settings for icommands, where iRODS is used at all."""

import json
from pathlib import Path

from .arguments import Irods
from .files import own_directory, write_file
from .problems import StartProblem

ENVIRONMENT_FILE = Path("/home/condor_pool/.irods/irods_environment.json")


def irods_environment(irods: Irods) -> dict | None:
    """The content of irods_environment.json, or None when iRODS is not used.

    It is used when a host is given (the tutorial's executors are given an SSH key as
    the iRODS user). The password is not part of it: icommands keeps it elsewhere.
    """
    if irods.host is None:
        return None
    if irods.user is None:
        raise StartProblem("an iRODS host (-h) without an iRODS user: give -u too, or leave out -h")
    return {
        "irods_host": irods.host,
        "irods_port": irods.port or 1247,
        "irods_user_name": irods.user,
        "irods_zone_name": irods.zone or "tempZone",
    }


def install_irods(irods: Irods) -> None:
    """Write icommands' settings for condor_pool; without iRODS, nothing."""
    environment = irods_environment(irods)
    if environment is None:
        return
    own_directory(ENVIRONMENT_FILE.parent, 0o700, "condor_pool")
    write_file(ENVIRONMENT_FILE, json.dumps(environment, indent=2) + "\n", 0o600, "condor_pool")
