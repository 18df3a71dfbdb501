#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_tidy.sh ROOT BUILD_DIR [FOLDER…]
# clang-tidy over the sources of these folders, compiled as in BUILD_DIR, which must be built; without any, over the rooms
# where threads, processes and files are: 83 sources, 5.8 minutes of CPU on a busy machine of two cores. All of model, app
# and views are more than twice as many.
# Prints what it finds and fails if that is anything. Of the checks in .clang-tidy only those run that look for mistakes and
# for waste: model/timeline/vcpu_track.cpp takes 3.7 s of CPU so, and 10.3 s with all. Left out are
# also the two that cost most, on names and on null string_views, and those of which a finding is no mistake here: whole
# divisions that are meant so, and copies and allocations of a few bytes, once for each file or option.
set -euo pipefail
root="$(realpath -- "$1")" build="$(realpath -- "$2")"
shift 2
[ $# -gt 0 ] || set -- app/common app/reader model/clock model/load model/session model/source
cd -- "$root"

# Python's regular expressions name the files: a point in the path is a point.
sources="^$(sed 's/[][\\.^$*+?(){}|]/\\&/g' <<<"$root")/($(IFS='|'; echo "$*"))/"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
# What the compiler itself warns of is the business of g++: -w.
checks='-*,bugprone-*,performance-*,concurrency-*,-bugprone-easily-swappable-parameters,-concurrency-mt-unsafe'
checks+=',-bugprone-reserved-identifier,-bugprone-stringview-nullptr,-bugprone-integer-division'
checks+=',-performance-inefficient-string-concatenation,-performance-inefficient-vector-operation'
checks+=',-performance-no-automatic-move'
status=0
nice run-clang-tidy-14 -quiet -p "$build" "-checks=$checks" -extra-arg=-w "$sources" 2>&1 |
    sed 's/\x1b\[[0-9;]*m//g' >"$log" || status=$?

# It prints the command line of each file too, and how much it kept to itself.
files="$(grep -cE '^clang-tidy-14 .*\.cpp$' "$log" || true)"
found="$(grep -vE '^(clang-tidy-14 |[0-9]+ warnings? (and [0-9]+ errors? )?generated|Suppressed |Use -header-filter|Enabled checks:|    [a-z]|$)' "$log" || true)"
if [ "$status" -ne 0 ] || grep -qE ': (warning|error): ' "$log"; then
    echo "$found"
    echo "clang-tidy found something in the $files sources that it looked at"
    exit 1
fi
echo "clang-tidy found nothing in $files sources"
[ "$files" -gt 0 ]
