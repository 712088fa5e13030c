config='{"Cmd": ["/bin/sh"]}'
make_rootfs() {
  busybox_tree "$1.tree"
  printf 'NAME="Alpine stand-in"\nID=alpine\nPRETTY_NAME="Alpine stand-in (busybox, no apk)"\n' >"$1.tree/etc/os-release"
  pack_rootfs "$1.tree" "$1"
}
