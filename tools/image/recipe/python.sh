# The manifests import json and random, which python3-minimal alone does not have.
config='{"Cmd": ["python3"], "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]}'
make_rootfs() {
  debian_rootfs essential python3 "$1" --customize-hook='ln -s python3 "$1/usr/bin/python"'
}
