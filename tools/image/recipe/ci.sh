config='{"Cmd": ["bash"]}'
make_rootfs() {
  debian_rootfs essential bash,git,openssh-client,mariadb-client-core,make,curl,jq,ca-certificates "$1" \
    --customize-hook='[ -e "$1/usr/bin/mysql" ] || ln -s mariadb "$1/usr/bin/mysql"'
}
