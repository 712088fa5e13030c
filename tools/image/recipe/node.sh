config='{"Cmd": ["node"]}'
make_rootfs() {
  debian_rootfs essential nodejs "$1"
}
