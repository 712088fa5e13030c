# Root file systems for recipes; sourced by build.sh.

pack_rootfs() {  # FOLDER FILE
  tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --numeric-owner --owner=0 --group=0 -C "$1" -cf "$2" .
}

busybox_tree() {  # FOLDER: one static program and its names
  local tree=$1 program applet
  program=$(command -v busybox) || { echo "install busybox-static" >&2; return 1; }
  mkdir -p "$tree"/{bin,sbin,usr/bin,usr/sbin,etc,root,tmp,var/tmp,var/log,dev,proc,sys,run,home,mnt,opt}
  chmod 1777 "$tree/tmp" "$tree/var/tmp"
  chmod 700 "$tree/root"
  install -m 755 "$program" "$tree/bin/busybox"
  for applet in $("$program" --list-full); do
    [ "$applet" = bin/busybox ] && continue
    mkdir -p "$tree/${applet%/*}"
    ln -sf /bin/busybox "$tree/$applet"
  done
  ln -sf /proc/mounts "$tree/etc/mtab"
  printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n' >"$tree/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$tree/etc/group"
  printf 'hosts: files dns\n' >"$tree/etc/nsswitch.conf"
}

debian_sources() {  # the files of this machine's apt that hold its own release
  . /etc/os-release
  local file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] && sed 's/#.*//' "$file" | grep -qE "(^|[[:space:]])$VERSION_CODENAME" && echo "$file"
  done
  return 0
}

debian_rootfs() {  # VARIANT PACKAGES FILE [mmdebstrap options...]
  local variant=$1 packages=$2 file=$3 line
  shift 3
  local options=()
  while read -r line; do options+=(--aptopt="$line"); done \
    < <(apt-config dump | grep -E '^Acquire::(https?::Proxy|https?::Verify|Retries)' || true)
  [ -z "$packages" ] || options+=(--include="$packages")
  . /etc/os-release
  mmdebstrap --quiet --variant="$variant" "${options[@]}" \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --customize-hook='rm -rf "$1"/var/cache/* "$1"/var/log/* "$1"/usr/share/doc/* "$1"/usr/share/zoneinfo/right' \
    "$@" "$VERSION_CODENAME" "$file" $(debian_sources)
}
