#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_layers.sh includes ROOT QTCORE_INCLUDE_DIR | check_layers.sh libraries EXITSCOPE_CLI EXITSCOPE_READER
# Includes go one way, app → views → model, and inside the model from room to room as below; nobody but the reader knows
# libbabeltrace2; the programs without a window link no GUI library, and the reader no Qt. Prints each violation and fails if there is one.
set -euo pipefail

violations=0
violation() {
    echo "$1"
    violations=$((violations + 1))
}

# The Qt headers that are not QtCore's need not be listed: what does not stand in QtCore's directory is not QtCore's.
isQtCore() {
    local header="${1#QtCore/}"
    [[ "$header" != */* && -e "$qtcore/$header" ]]
}

# What every room of the model may use.
shared=(model/cancel_flag.h model/diagnostic model/freed_elsewhere.h model/number_format.h model/parallel.h model/visible_text.h)
# What came of loading, for the rooms that know it.
recording=(model/recording.h model/vcpu_)

# The rule of a file: $rule, the folder that has it; $allowed, where its own includes may come from; $qt: none, core, any.
findRule() {
    case "$1" in
    model/record/*) rule=model/record qt=none allowed=(model/record/) ;;
    model/reference/*) rule=model/reference qt=core allowed=(model/reference/ model/record/target.h) ;;
    model/source/*) rule=model/source qt=core allowed=(model/source/ model/record/ "${shared[@]}") ;;
    model/load/*) rule=model/load qt=core
        allowed=(model/load/ model/source/ model/record/ model/timeline/ "${recording[@]}" "${shared[@]}") ;;
    model/timeline/*) rule=model/timeline qt=core
        allowed=(model/timeline/ model/record/ model/reference/ "${shared[@]}") ;;
    model/guest/*) rule=model/guest qt=core
        allowed=(model/guest/ model/clock/clock_map.h model/timeline/ model/reference/ model/record/ "${shared[@]}") ;;
    model/clock/*) rule=model/clock qt=core
        allowed=(model/clock/ model/guest/ model/timeline/ model/reference/ model/record/ "${recording[@]}" "${shared[@]}") ;;
    model/statistics/*) rule=model/statistics qt=core
        allowed=(model/statistics/ model/guest/exit_guests.h model/timeline/ model/record/ model/reference/ "${recording[@]}"
            "${shared[@]}") ;;
    model/causes/*) rule=model/causes qt=core
        allowed=(model/causes/ model/statistics/ model/clock/ model/guest/ model/timeline/ model/record/ model/reference/ "${recording[@]}"
            "${shared[@]}") ;;
    model/events/*) rule=model/events qt=core
        allowed=(model/events/ model/load/ model/source/ model/clock/clock_map.h model/guest/ model/timeline/ model/record/ model/reference/
            "${recording[@]}" "${shared[@]}") ;;
    model/session/*) rule=model/session qt=core
        allowed=(model/session/ model/events/ model/clock/ model/guest/ model/causes/ model/statistics/ model/timeline/ model/record/ model/reference/
            "${recording[@]}" "${shared[@]}") ;;
    model/recording.* | model/vcpu_*) rule=model/recording qt=core
        allowed=(model/guest/ model/timeline/ model/record/ model/reference/ "${recording[@]}" "${shared[@]}") ;;
    model/*) rule=model qt=core allowed=(model/record/ "${shared[@]}") ;;
    views/chart/*) rule=views/chart qt=any allowed=(views/chart/ model/) ;;
    views/*) rule=views qt=any allowed=(views/ model/) ;;
    app/reader/*) rule=app/reader qt=none allowed=(app/reader/ model/record/) ;;
    app/common/*) rule=app/common qt=core allowed=(app/common/ model/) ;;
    app/cli/*) rule=app/cli qt=core allowed=(app/cli/ app/common/ app/manual/ model/) ;;
    app/manual/*) rule=app/manual qt=core allowed=(app/manual/ model/reference/) ;;
    app/window/storage/*) rule=app/window/storage qt=any allowed=(app/window/storage/ app/common/ model/) ;;
    *) rule=app qt=any allowed=(app/ views/ model/) ;;
    esac
}

# One line per include: FILE, LINE, '<' or '"', the name.
allIncludes() {
    (cd "$root" && find app model views -type f \( -name '*.h' -o -name '*.cpp' \) -print0 2>/dev/null) | sort -z |
        (cd "$root" && xargs -0r awk '
            match($0, /^[[:space:]]*#[[:space:]]*include[[:space:]]*[<"]/) {
                kind = substr($0, RSTART + RLENGTH - 1, 1)
                name = substr($0, RSTART + RLENGTH)
                sub(/[>"].*/, "", name)
                printf "%s\t%d\t%s\t%s\n", FILENAME, FNR, kind, name
            }')
}

checkInclude() {
    local file="$1" where="$1:$2" kind="$3" name="$4" from
    findRule "$file"
    if [ "$kind" = '"' ]; then
        [[ "$name" != *.moc ]] || return 0
        for from in "${allowed[@]}"; do
            [[ "$name" != "$from"* || "$name" == *..* ]] || return 0
        done
        violation "$where: \"$name\": $rule may include only from ${allowed[*]}"
    elif [[ "$name" =~ ^(Q|q[a-z0-9_]*\.h$) ]]; then
        case "$qt" in
        none) violation "$where: <$name>: $rule uses no Qt" ;;
        core) isQtCore "$name" || violation "$where: <$name>: $rule uses QtCore only" ;;
        esac
    elif [[ "$name" == babeltrace* && "$rule" != app/reader ]]; then
        violation "$where: <$name>: only app/reader uses libbabeltrace2"
    fi
}

checkIncludes() {
    root="$1" qtcore="$2"
    local file line kind name count=0
    if [ ! -e "$qtcore/QString" ] || [ ! -d "$root/model" ] || [ ! -d "$root/app" ]; then
        violation "no source tree in $root, or no headers of QtCore in $qtcore"
        return
    fi
    while IFS=$'\t' read -r file line kind name; do
        checkInclude "$file" "$line" "$kind" "$name"
        count=$((count + 1))
    done < <(allIncludes)
    [ "$count" -gt 0 ] || violation "$root: not one include was found"
}

# checkLibraries PROGRAM PATTERN: none of the libraries that it needs, directly or not, fits the pattern.
checkLibraries() {
    local found
    if ! found="$(ldd "$1" 2>&1)"; then
        violation "$1: $found"
        return
    fi
    while read -r library; do
        violation "$(basename "$1") links $library"
    done < <(grep -oE "$2[^ ]*" <<<"$found" | sort -u)
}

case "$1" in
includes) checkIncludes "$2" "$3" ;;
libraries)
    checkLibraries "$2" '\b(libQt[0-9](Gui|Widgets|Charts|Svg|PrintSupport|OpenGL)|libQCustomPlot|libbabeltrace)'
    checkLibraries "$3" '\b(libQt|libQCustomPlot)'
    ;;
*)
    echo "usage: see the head of $0" >&2
    exit 2
    ;;
esac
[ "$violations" -eq 0 ]
