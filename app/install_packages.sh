#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: install_packages.sh SECTION…
# Installs those packages of the given sections of packages.txt that are missing. With all there it does nothing.
set -euo pipefail
list="$(dirname -- "${BASH_SOURCE[0]}")/packages.txt"

packages=()
for section in "$@"; do
    mapfile -t found < <(awk -v section="[$section]" '
        /^[[:space:]]*(#|$)/ { next }
        /^\[/ { inside = ($1 == section); next }
        inside { print $1 }' "$list")
    if [ "${#found[@]}" -eq 0 ]; then
        echo "install_packages.sh: $list has no section [$section]" >&2
        exit 1
    fi
    packages+=("${found[@]}")
done

if ! command -v dpkg-query >/dev/null; then
    echo "Not a Debian system; these packages of Debian 12, or their like, must be there: ${packages[*]}" >&2
    exit 0
fi

# Under its own name, or provided by another: on Debian 13 libqt6opengl6-dev is a part of qt6-base-dev.
installed="$(dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' |
    sed -n 's/^installed //p' | tr ',' '\n' | sed -E 's/^ +//; s/ .*//')"
missing=()
for package in "${packages[@]}"; do
    grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

install="apt-get install --no-install-recommends -y ${missing[*]}"
sudo=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null || ! { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
        echo "Missing packages; as root run: apt-get update && $install" >&2
        exit 1
    fi
    sudo=(sudo)
fi

echo "Installing ${missing[*]} …" >&2
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # the words of the printed line are the words that run
if ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update >"$log" 2>&1 ||
    ! "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive $install >>"$log" 2>&1 </dev/null; then
    cat "$log" >&2
    echo "Could not install the packages (see above); as root run: apt-get update && $install" >&2
    exit 1
fi
