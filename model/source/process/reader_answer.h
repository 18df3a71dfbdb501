// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "model/cancel_flag.h"
#include "model/source/process/reader_options.h"

namespace exitscope {

// What an exitscope-reader says that is asked one thing and ends.
struct ReaderAnswer {
    QByteArray output;
    QString fault; // why there is none, one line; empty if there is
    bool isReaderMissing = false; // that is why
};

// `question`: "--list", and the path. Of what it writes no more than `mostOutput` bytes are kept. Once `cancel` is set
// it returns.
ReaderAnswer askReader(
    const QStringList &question, const ReaderOptions &options, qsizetype mostOutput, CancelFlag cancel = nullptr);

} // namespace exitscope
