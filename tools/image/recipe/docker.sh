# uses: dockerd-entrypoint.sh
# The daemon and its client, as docker:X and docker:X-dind have them.
config='{"Entrypoint": ["dockerd-entrypoint.sh"], "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "DOCKER_TLS_CERTDIR="],
  "Volumes": {"/var/lib/docker": {}}}'
make_rootfs() {
  debian_rootfs essential docker.io,iptables,ca-certificates,busybox-static "$1" \
    --customize-hook="copy-in $recipe/dockerd-entrypoint.sh /usr/local/bin" \
    --customize-hook='chmod 755 "$1/usr/local/bin/dockerd-entrypoint.sh"'
}
