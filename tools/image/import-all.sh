#!/usr/bin/env bash
# Builds what is missing and imports all stand-in images:  tools/image/import-all.sh SLIPWAY DATA_DIR [NAME...]
# An image that is there already and whose file did not change since is left alone.
set -euo pipefail
[ $# -ge 2 ] || { sed -n 2p "$0" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
slipway=$1 data=$2
shift 2
cache=${SLIPWAY_IMAGE_CACHE:-$here/../../build/image}
[ $# -gt 0 ] || set -- $(sed 's/#.*//' "$here/images.txt" | awk 'NF { print $1 }')
"$here/build.sh" "$@"
mkdir -p "$data"
for name in "$@"; do
  references=$(sed 's/#.*//' "$here/images.txt" | awk -v name="$name" '$1 == name { $1 = ""; print }')
  [ -n "$references" ] || { echo "$name is not in tools/image/images.txt" >&2; exit 2; }
  for reference in $references; do
    mark=$data/images/.import/$(echo "$reference" | tr / _)
    wanted=$(cat "$cache/$name.id")
    full=$reference
    [[ $reference == */* ]] || full=library/$reference
    record=$data/images/record/docker.io%2F${full//\//%2F}.json  # gone after `slipway image rm`
    [ -e "$record" ] && [ "$(cat "$mark" 2>/dev/null)" = "$wanted" ] && continue
    "$slipway" image import --data-dir "$data" "$reference" "$cache/$name.tar" >/dev/null
    mkdir -p "${mark%/*}"
    echo "$wanted" >"$mark"
  done
done
