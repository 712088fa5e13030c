config='{"Cmd": ["influxd"]}'
make_rootfs() {
  debian_rootfs essential influxdb "$1"
}
