config='{"Cmd": ["bash"]}'
make_rootfs() { debian_rootfs minbase "" "$1"; }
