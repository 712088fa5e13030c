#!/usr/bin/env bash
# Builds stand-in images from Debian packages:  tools/image/build.sh NAME...  (all of images.txt
# without a name). Each becomes $SLIPWAY_IMAGE_CACHE/NAME.tar (default build/image), a Docker archive
# for `slipway image import`. What did not change is not built again. Needs root for mmdebstrap;
# packages come from where this machine's own apt gets them.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${SLIPWAY_IMAGE_CACHE:-$here/../../build/image}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
export SOURCE_DATE_EPOCH=1700000000  # the same input gives the same layer

[ $# -gt 0 ] || set -- $(sed 's/#.*//' "$here/images.txt" | awk 'NF { print $1 }')

. "$here/rootfs.sh"

fingerprint() {  # of everything an image is made of
  local parts=("$here/build.sh" "$here/rootfs.sh" "$here/archive.py" "$here/recipe/$1.sh")
  local file
  for file in $(sed -n 's/^# uses: //p' "$here/recipe/$1.sh"); do parts+=("$here/recipe/$file"); done
  { cat "${parts[@]}"; . /etc/os-release; echo "$VERSION_CODENAME $(uname -m)"; } | sha256sum | cut -c1-32
}

build() {  # NAME, in a subshell: a recipe sets `config` and defines `make_rootfs FILE`
  local name=$1 work wanted
  [ -e "$here/recipe/$name.sh" ] || { echo "$name: there is no tools/image/recipe/$name.sh" >&2; exit 2; }
  wanted=$(fingerprint "$name")
  if [ -e "$cache/$name.tar" ] && [ "$(cat "$cache/$name.id" 2>/dev/null)" = "$wanted" ]; then
    return 0
  fi
  work=$(mktemp -d "$cache/.$name.XXXXXX")
  trap "rm -rf '$work'" EXIT
  (
    recipe=$here/recipe
    config='{}'
    . "$recipe/$name.sh"
    make_rootfs "$work/rootfs.tar"
    python3 "$here/archive.py" "$work/rootfs.tar" "$config" "slipway/$name:latest" "$work/image.tar"
  ) >"$cache/$name.log" 2>&1 || { tail -n 20 "$cache/$name.log" >&2; echo "$name: not built ($cache/$name.log)" >&2; exit 1; }
  mv "$work/image.tar" "$cache/$name.tar"
  echo "$wanted" >"$cache/$name.id"
  echo "$name: $(($(stat -c %s "$cache/$name.tar") / 1000000)) MB"
}

for name in "$@"; do
  (
    exec 9>"$cache/.$name.lock"
    flock 9
    build "$name"
  )
done
