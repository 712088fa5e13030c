# The shell is busybox's, as in the real one: examples write `>& file`.
config='{"Cmd": ["curl"]}'
make_rootfs() {
  debian_rootfs essential curl,ca-certificates,jq,busybox-static "$1" --customize-hook='ln -sf /usr/bin/busybox "$1/bin/sh"'
}
