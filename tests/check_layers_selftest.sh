#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# usage: check_layers_selftest.sh QTCORE_INCLUDE_DIR CXX
# Proves that check_layers.sh finds each kind of violation, and none where there is none.
set -euo pipefail
here="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)"
qtcore="$1" cxx="$2"
tree="$(mktemp -d)"
trap 'rm -rf "$tree"' EXIT
wrong=0

plant() {
    mkdir -p "$tree/$(dirname "$1")"
    printf '%s\n' "// SPDX-License-Identifier: GPL-3.0-or-later" "$2" >"$tree/$1"
}

# expectViolation FILE LINE: with that one line in that file the check fails and names the file and the line.
expectViolation() {
    local out
    plant "$1" "$2"
    if out="$(bash "$here/check_layers.sh" includes "$tree" "$qtcore")"; then
        echo "not found: $1: $2"
        wrong=1
    elif ! grep -qF "$1:2: " <<<"$out"; then
        echo "$1: $2: found, but told otherwise: $out"
        wrong=1
    fi
    rm "$tree/$1"
}

plant model/timeline/a.h '#include <QString>'
plant model/timeline/b.cpp '#include "model/timeline/a.h"'
plant model/load/c.cpp '#include <QtCore/QList>'
plant model/record/frame.h '#include <queue>'
plant views/a.cpp '#include <QWidget>'
plant app/reader/a.cpp '#include <babeltrace2/babeltrace.h>'
plant app/cli/a.cpp '#include "app/cli/b.h"'
plant app/window/a.cpp '#include "views/a.h"'
if ! bash "$here/check_layers.sh" includes "$tree" "$qtcore"; then
    echo "a tree without a violation fails"
    wrong=1
fi

expectViolation model/x.cpp '#include "views/a.h"'
expectViolation model/x.cpp '#include "app/cli/b.h"'
expectViolation model/x.cpp '#include "model/../views/a.h"'
expectViolation model/x.cpp '#include "a.h"'
expectViolation model/x.h '#include <QWidget>'
expectViolation model/x.h '  #  include <QtGui/QColor>'
expectViolation model/x.h '#include <qpainter.h>'
expectViolation model/x.h '#include <qcustomplot.h>'
expectViolation model/statistics/x.cpp '#include <babeltrace2/babeltrace.h>'
expectViolation model/record/x.h '#include <QString>'
expectViolation model/record/x.h '#include "model/diagnostic.h"'
expectViolation model/source/x.h '#include "model/load/load.h"'
expectViolation model/source/x.h '#include "model/recording.h"'
expectViolation model/timeline/x.h '#include "model/load/merge.h"'
expectViolation model/clock/x.cpp '#include "model/source/trace_finder.h"'
expectViolation model/statistics/x.cpp '#include "model/session/view_state.h"'
expectViolation model/statistics/x.cpp '#include "model/causes/accounts.h"'
expectViolation model/causes/x.cpp '#include "model/session/view_state.h"'
expectViolation model/load/x.cpp '#include "model/statistics/statistics.h"'
expectViolation views/chart/x.cpp '#include "views/timeline/timeline_view.h"'
expectViolation views/x.cpp '#include "app/cli/b.h"'
expectViolation app/window/storage/x.cpp '#include "app/window/workspace.h"'
expectViolation views/x.cpp '#include <babeltrace2/babeltrace.h>'
expectViolation app/reader/x.cpp '#include "model/timeline/columns.h"'
expectViolation app/reader/x.cpp '#include "views/a.h"'
expectViolation app/reader/x.cpp '#include <QString>'
expectViolation app/cli/x.cpp '#include "views/a.h"'
expectViolation app/cli/x.cpp '#include "app/reader/a.h"'
expectViolation app/cli/x.cpp '#include <QWidget>'
expectViolation app/window/x.cpp '#include "tests/tools/a.h"'

# expectLinked CLI READER TEXT: the check of the two programs fails and says TEXT; no TEXT: it passes.
expectLinked() {
    local out status=0
    out="$(bash "$here/check_layers.sh" libraries "$tree/$1" "$tree/$2")" || status=$?
    if [ -z "$3" ] && [ "$status" -ne 0 ]; then
        echo "libraries of $1 and $2: $out"
        wrong=1
    elif [ -n "$3" ] && { [ "$status" -eq 0 ] || ! grep -qF "$3" <<<"$out"; }; then
        echo "libraries of $1 and $2: \"$3\" not told: $out"
        wrong=1
    fi
}

echo 'int main() { return 0; }' >"$tree/main.cpp"
"$cxx" "$tree/main.cpp" -o "$tree/plain"
for library in Qt6Core Qt6Gui babeltrace2; do
    "$cxx" "$tree/main.cpp" -o "$tree/with$library" -Wl,--no-as-needed "-l$library"
done
expectLinked plain plain ""
expectLinked withQt6Core plain ""
expectLinked plain withbabeltrace2 ""
expectLinked withQt6Gui plain "withQt6Gui links libQt6Gui"
expectLinked withbabeltrace2 plain "withbabeltrace2 links libbabeltrace2"
expectLinked plain withQt6Core "withQt6Core links libQt6Core"
expectLinked missing plain "missing: "

exit "$wrong"
