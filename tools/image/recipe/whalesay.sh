# uses: cowsay
config='{"Cmd": ["cowsay", "hello world"]}'
make_rootfs() {
  busybox_tree "$1.tree"
  install -D -m 755 "$recipe/cowsay" "$1.tree/usr/local/bin/cowsay"
  pack_rootfs "$1.tree" "$1"
}
