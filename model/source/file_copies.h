// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <utility>
#include <vector>

#include "model/cancel_flag.h"

namespace exitscope {

inline constexpr qsizetype kCopyHeadBytes = 128; // of a packet: with its times, so no two streams share them

struct CopyCandidate {
    QString path;
    qint64 size = 0;
    bool hasIndex = false;
    QByteArray head; // the first kCopyHeadBytes, or all that there is
};

// Takes out the files that repeat another one byte by byte, from its begin to its end or to where they are cut: each
// with the one that stays.
std::vector<std::pair<QString, QString>> takeCopies(std::vector<CopyCandidate> &files, CancelFlag cancel = nullptr);

} // namespace exitscope
