#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_install_packages.sh ROOT
# install_packages.sh, with a dpkg-query and an apt-get that are made up: what is installed, be it as a part of another
# package, is not installed again, and what is missing is.
set -euo pipefail
script="$1/app/install_packages.sh"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

mapfile -t packages < <(sed -n '/^\[build\]/,/^\[package\]/ { /^[a-z]/p }' "$1/app/packages.txt")
[ "${#packages[@]}" -gt 5 ] || { echo "the list of packages has another form" >&2; exit 1; }
printf '#!/bin/sh\ncat %s/installed\n' "$work" >"$work/dpkg-query"
printf '#!/bin/sh\necho "$@" >>%s/apt\n' "$work" >"$work/apt-get"
printf '#!/bin/sh\necho 0\n' >"$work/id"
chmod +x "$work/dpkg-query" "$work/apt-get" "$work/id"

# expect WORDS: so apt-get is called, after its update; nothing: it is not called.
expect() {
    rm -f "$work/apt"
    PATH="$work:$PATH" bash "$script" build 2>/dev/null
    local called
    called="$({ grep -v '^update$' "$work/apt" || true; } 2>/dev/null)"
    [ "$called" = "$1" ] || { echo "apt-get was called with '$called', not '$1'" >&2; exit 1; }
}

# The first is a part of another package, and one that nobody asked for is there too.
{
    printf 'installed %s, \n' "${packages[@]:1}"
    printf 'installed big, small-dev, %s (= 1.2), more\n' "${packages[0]}"
} >"$work/installed"
expect ""
sed -i '$d' "$work/installed"
expect "install --no-install-recommends -y ${packages[0]}"
printf 'config-files %s, \n' "${packages[0]}" >>"$work/installed"
expect "install --no-install-recommends -y ${packages[0]}"
printf 'installed %s-more, \n' "${packages[0]}" >>"$work/installed"
expect "install --no-install-recommends -y ${packages[0]}"
