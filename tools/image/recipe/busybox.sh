config='{"Cmd": ["sh"]}'
make_rootfs() {
  busybox_tree "$1.tree"
  pack_rootfs "$1.tree" "$1"
}
