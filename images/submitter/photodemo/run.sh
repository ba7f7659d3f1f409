#!/bin/sh
# The wrapper of a photodemo job: unpacks the library that came along, and runs the program with
# it. HTCondor starts a job with an empty environment.
set -eu
PATH=/usr/local/bin:/usr/bin:/bin
tar -xzf pillow.tar.gz
PYTHONPATH="$PWD/bundle/python"
LD_LIBRARY_PATH="$PWD/bundle/lib"
export PATH PYTHONPATH LD_LIBRARY_PATH
exec python3 -B luminance.py "$@"
