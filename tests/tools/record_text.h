// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include "model/record/record.h"
#include "tests/tools/reader_run.h"

namespace exitscope::testing {

const char *nameOf(EventKind kind);
// "TIME pCPU tTID KIND", and what it says; `names`: of its stream.
QString textOf(const Record &record, const QStringList &names);

enum class RowsOf { Events, All };
QStringList rowsOf(const ReadStream &stream, RowsOf what = RowsOf::All);

} // namespace exitscope::testing
