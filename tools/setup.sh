#!/usr/bin/env bash
# Installs what tools/packages.txt and the arguments name and this machine lacks. Quick when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
mapfile -t wanted < <(sed 's/#.*//' tools/packages.txt | tr -s ' \t' '\n' | grep -v '^$')
wanted+=("$@")
stamp=build/.packages-$(printf '%s\n' "${wanted[@]}" | sha256sum | cut -c1-16)
[ -e "$stamp" ] && exit 0
missing=()
for entry in "${wanted[@]}"; do
  # "package|command": any other package that brings the command will do (NodeSource's nodejs, say, brings an npm
  # of its own and refuses Debian's).
  package=${entry%|*}
  [[ $entry == *'|'* ]] && command -v "${entry#*|}" >/dev/null && continue
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  sudo=
  [ "$(id -u)" = 0 ] || sudo=sudo
  echo "installing ${#missing[@]} packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  $sudo apt-get update -qq
  $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >build/.apt.log 2>&1 ||
    { tail -n 20 build/.apt.log; echo "setup: apt-get install failed (build/.apt.log has it all)"; exit 1; }
fi
touch "$stamp"
