// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

namespace exitscope {

// Names of files are bytes; most are UTF-8, and some are not. A byte that is none becomes a lone surrogate
// (U+DC80 to U+DCFF) in the text, so that both directions keep every name. QFile and QFileInfo know nothing of this:
// what is opened goes through file_access.h.
QString pathText(const QByteArray &bytes);
QByteArray pathBytes(const QString &text);

// The path from the root on, without "." and "..", also where a name is no UTF-8; links stay.
QString absolutePath(const QString &path);

// For a file that holds nothing but UTF-8: an absolute path as it is, or, if a name of it is no UTF-8, "bytes:" and all
// in percent encoding; and back. No absolute path begins so.
QString storedPath(const QString &absolute);
QString pathOfStored(const QString &stored);

// One word of a shell's command line that means exactly this path.
QString shellWord(const QString &path);

} // namespace exitscope
