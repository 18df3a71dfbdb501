#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_package.sh BUILD_DIR
# Packs the programs of a build directory as a .deb, unpacks it elsewhere and looks at what lies in it: all that a user
# needs, where the system looks for it; and the programs that came out of it work.
set -euo pipefail
build="$1"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
    echo "$*" >&2
    failures=$((failures + 1))
}

if ! (cd "$build" && cpack -B "$work/packed") >"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 1
fi
package=("$work/packed"/*.deb)
[ "${#package[@]}" -eq 1 ] && [ -f "${package[0]}" ] || { echo "not one .deb: ${package[*]}" >&2; exit 1; }
field() {
    dpkg-deb --field "${package[0]}" "$1"
}
[ "$(basename "${package[0]}")" = "exitscope_$(field Version)_$(field Architecture).deb" ] ||
    fail "its name tells another version or architecture: ${package[0]}"
# What the programs are linked to, and the system found in which packages that is.
for library in libqt6widgets6 libbabeltrace2-0 libseccomp2 libc6; do
    grep -qE "(^|, )$library(t64)?( |,|$)" <<<"$(field Depends)" || fail "it does not depend on $library"
done
# Nothing runs as root at its installation, so nothing is left when it is purged.
scripts="$(dpkg-deb --ctrl-tarfile "${package[0]}" | tar -t | grep -E '/(pre|post)(inst|rm)$' || true)"
[ -z "$scripts" ] || fail "it brings scripts: $scripts"

dpkg-deb --extract "${package[0]}" "$work/root"
cd "$work/root"
[ "$(ls)" = usr ] || fail "it writes elsewhere than to /usr: $(ls)"
unreadable="$(find . ! -perm -a=r -o -perm /022 ! -type l)"
[ -z "$unreadable" ] || fail "not readable by all or writable by others: $unreadable"

for program in exitscope exitscope-cli; do
    gzip -dc "usr/share/man/man1/$program.1.gz" 2>/dev/null | grep -q '^\.TH ' || fail "no man page of $program"
    [ -s "usr/share/bash-completion/completions/$program" ] || fail "no completion of $program"
    [ -x "usr/bin/$program" ] || fail "no program $program"
done
[ -x usr/bin/exitscope-reader ] || fail "no reader"
usr/bin/exitscope-record --help >/dev/null || fail "no exitscope-record"
[ -s usr/share/mime/packages/exitscope.xml ] || fail "no MIME types"
for document in copyright changelog.gz; do
    [ -s "usr/share/doc/exitscope/$document" ] || fail "no $document"
done
entry=usr/share/applications/exitscope.desktop
icon="$(sed -n 's/^Icon=//p' "$entry")"
[ -s "usr/share/icons/hicolor/scalable/apps/$icon.svg" ] || fail "no icon as $entry names it"
[ -x "usr/bin/$(sed -n 's/^Exec=\([^ ]*\).*/\1/p' "$entry")" ] || fail "no program as $entry names it"
[ -s usr/share/metainfo/exitscope.metainfo.xml ] || fail "no metadata for software centres"

# Every page of the manual, and the pictures that they show.
topics="$(usr/bin/exitscope-cli help | grep -c . || true)"
[ "$topics" -gt 0 ] || fail "help says nothing"
for page in usr/share/exitscope/manual/*.md; do
    usr/bin/exitscope-cli help "$(basename "$page" .md)" >/dev/null || fail "no help on $page"
    for picture in $({ grep -oE '\]\([^)]*\.png\)' "$page" || true; } | sed 's/^](//; s/)$//'); do
        [ -s "usr/share/exitscope/manual/$picture" ] || fail "$page shows $picture, which is not there"
    done
done
report="$(usr/bin/exitscope-cli report usr/share/exitscope/sample 2>&1)" || fail "the sample has no report: $report"
grep -q '^Host l1host: ' <<<"$report" || fail "the report tells of another host: $report"

[ "$failures" -eq 0 ] && echo "$(basename "${package[0]}"): all there"
