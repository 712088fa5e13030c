# uses: argosay
config='{"Entrypoint": ["/argosay"]}'
make_rootfs() {
  busybox_tree "$1.tree"
  install -m 755 "$recipe/argosay" "$1.tree/argosay"
  ln -s /argosay "$1.tree/usr/bin/argosay"
  pack_rootfs "$1.tree" "$1"
}
