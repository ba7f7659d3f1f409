#!/bin/sh
# zkServer.sh [--config FOLDER] start-foreground [FILE]
folder="${ZOOCFGDIR:-/conf}"
if [ "$1" = --config ]; then
  folder=$2
  shift 2
fi
if [ "$1" != start-foreground ]; then
  echo "stand-in: only start-foreground, not $1" >&2
  exit 1
fi
file=${2:-zoo.cfg}
case $file in /*) ;; *) file="$folder/$file" ;; esac
echo "ZooKeeper JMX enabled by default" >&2
echo "Using config: $file" >&2
exec /usr/local/bin/node /usr/local/lib/stand-in/zookeeper.cjs "$file"
