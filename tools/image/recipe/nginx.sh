config='{"Cmd": ["nginx", "-g", "daemon off;"], "StopSignal": "SIGQUIT"}'
make_rootfs() {
  debian_rootfs essential nginx-light "$1" --customize-hook='mkdir -p "$1/var/log/nginx" "$1/var/lib/nginx"'
}
