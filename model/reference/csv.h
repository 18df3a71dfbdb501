// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace exitscope {

// The records of an RFC 4180 text: quoted fields may hold commas, quotes (doubled) and line ends; lines end in CRLF or
// LF, the last one perhaps in neither. Nothing if a quote is not closed or stands where none may.
std::optional<std::vector<QStringList>> parseCsv(const QString &text);

// A field of such a text: in quotes where it needs them.
QString csvField(QString text);

} // namespace exitscope
