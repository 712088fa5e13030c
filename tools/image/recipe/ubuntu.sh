config='{"Cmd": ["bash"]}'
make_rootfs() {
  debian_rootfs essential "" "$1" \
    --customize-hook='rm -f "$1/etc/os-release"; printf "NAME=\"Ubuntu stand-in\"\nID=ubuntu\nID_LIKE=debian\n" >"$1/etc/os-release"'
}
