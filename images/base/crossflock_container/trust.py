"""The pool's signing key and the tokens made from it.

HTCondor signs an IDTOKEN with the key in passwords.d/POOL and checks it with the same
key, so containers that hold the same key trust each other (manual: "Token Authentication").
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from .files import own_directory, write_file
from .problems import StartProblem

KEY_FILE = Path("/run/secrets/crossflock/pool-key")
KEY_VARIABLE = "CROSSFLOCK_POOL_KEY"
SHORTEST_KEY = 32
SIGNING_KEY = Path("/etc/condor/passwords.d/POOL")
DAEMON_TOKEN = Path("/etc/condor/tokens.d/pool")
USER_TOKEN = Path("/home/condor_pool/.condor/tokens.d/pool")
DOMAIN = "crossflock"


def read_pool_key(environment: Mapping[str, str], key_file: Path = KEY_FILE) -> bytes:
    """The signing key, from its file or else from the environment.

    White space at the end is dropped, so that a file's last newline does not make
    it another key than the variable's.
    """
    if key_file.is_file():
        key, origin = key_file.read_bytes().strip(), str(key_file)
    else:
        key, origin = environment.get(KEY_VARIABLE, "").strip().encode(), KEY_VARIABLE
    if not key:
        raise StartProblem(
            f"no pool key: mount the deployment's key at {key_file} or set {KEY_VARIABLE}"
        )
    if len(key) < SHORTEST_KEY:
        raise StartProblem(
            f"the pool key in {origin} has {len(key)} characters: make one of at least {SHORTEST_KEY}"
        )
    return key


def install_trust(key: bytes) -> None:
    """Write the signing key, the daemons' token and condor_pool's token (READ, WRITE)."""
    own_directory(SIGNING_KEY.parent, 0o700)
    own_directory(DAEMON_TOKEN.parent, 0o700)
    write_file(SIGNING_KEY, key, mode=0o600)
    write_file(DAEMON_TOKEN, _create_token("condor", None), mode=0o600)
    own_directory(USER_TOKEN.parent.parent, 0o700, "condor_pool")
    own_directory(USER_TOKEN.parent, 0o700, "condor_pool")
    # For condor_status -pool <executor>; jobs of the same user may see it, so it only reads.
    write_file(USER_TOKEN, _create_token("condor_pool", "READ"), mode=0o600, owner="condor_pool")


def _create_token(user: str, authorization: str | None) -> str:
    limits = [] if authorization is None else ["-authz", authorization]
    result = subprocess.run(
        ["condor_token_create", "-identity", f"{user}@{DOMAIN}", *limits],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ.get("PATH", ""), "CONDOR_CONFIG": "/etc/condor/condor_config"},
    )
    if result.returncode != 0 or not result.stdout.strip():
        raise StartProblem(f"condor_token_create failed for {user}: {result.stderr.strip()}")
    return result.stdout
