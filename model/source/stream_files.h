// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <map>
#include <utility>
#include <vector>

#include "model/cancel_flag.h"

namespace exitscope {

// What is to be read in a file in the place of what is there, by place.
using PacketFixes = std::map<qint64, QByteArray>;

// One stream of a trace on disk: a file, or several where the tracer limited their size.
struct StreamFiles {
    QStringList files; // sorted by name
    qint64 bytes = 0;
    QStringList falseIndexes{}; // of files whose packets say otherwise
    std::map<QString, qint64> cuts{}; // of files that do not end with a whole packet: the bytes to read

    std::map<QString, PacketFixes> fixes{}; // of files in which a packet says what cannot be

    std::map<QString, quint64> begins{}; // of files whose first packet tells it, in cycles of the trace's clock

    bool isCut() const { return !cuts.empty(); }
    bool isIndexTrue(const QString &file) const;
    QString shownPath() const { return files.front(); }
};

struct UnreadableFile {
    QString path;
    QString cause; // a sentence
    bool isMissing = false; // only its index is there
};

struct TraceFiles {
    std::vector<StreamFiles> streams;
    std::vector<UnreadableFile> unreadable; // each counts as a stream that cannot be opened
    QStringList passedOver; // files that lie in the directory and are no streams
    std::vector<std::pair<QString, QString>> repeated; // files that repeat another, and that one
    int emptyFiles = 0;
    QByteArray metadata; // to be read in the place of the file; empty: the file
    // Nothing else lies there that a reader of the whole directory could stumble over.
    bool isClean() const
    {
        return unreadable.empty() && passedOver.isEmpty() && repeated.empty() && metadata.isEmpty();
    }
};

// The streams of the trace in this directory. Empty files are no streams: LTTng leaves them for idle CPUs. A file that
// does not begin as a packet is one all the same if its name, its index or packets further on say so: then its head is
// damaged. Else it is passed over, and so is a copy of another file, whole or cut. Once `cancel` is set it returns with
// what it has.
TraceFiles findStreams(const QString &traceDir, CancelFlag cancel = nullptr);

// index/NAME.idx of a stream file, whether it exists or not.
QString indexPath(const QString &streamFile);

} // namespace exitscope
