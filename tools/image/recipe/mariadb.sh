# uses: mariadb-entrypoint
config='{"Entrypoint": ["/entrypoint"], "Cmd": ["mariadbd"], "StopSignal": "SIGTERM"}'
make_rootfs() {
  debian_rootfs essential mariadb-server-core,mariadb-client-core "$1" \
    --customize-hook='echo "mysql:x:999:999::/var/lib/mysql:/bin/false" >>"$1/etc/passwd"; echo "mysql:x:999:" >>"$1/etc/group"' \
    --customize-hook='install -d -o 999 -g 999 "$1/var/lib/mysql" "$1/run/mysqld"' \
    --customize-hook="copy-in $recipe/mariadb-entrypoint /" \
    --customize-hook='mv "$1/mariadb-entrypoint" "$1/entrypoint"; chmod 755 "$1/entrypoint"'
}
