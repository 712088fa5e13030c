#!/bin/sh
# Docker's own entry point in short: no command, or options alone, are for dockerd.
set -eu
case "${1-}" in
  '' | -*) set -- dockerd --host=unix:///var/run/docker.sock --host=tcp://0.0.0.0:2375 --tls=false "$@" ;;
esac
if [ "$1" = dockerd ]; then
  rm -f /var/run/docker.pid
  # On cgroup v2, groups that hold processes can not give controllers to those below.
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    mkdir -p /sys/fs/cgroup/init
    xargs -rn1 </sys/fs/cgroup/cgroup.procs >/sys/fs/cgroup/init/cgroup.procs 2>/dev/null || :
    sed 's/ / +/g; s/^/+/' </sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
  fi
fi
exec "$@"
