// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace exitscope {

// One stream of a trace on disk: a file, or several where the tracer limited their size.
struct StreamFiles {
    QStringList files; // sorted by name
    qint64 bytes = 0;

    QString shownPath() const { return files.front(); }
};

struct UnreadableFile {
    QString path;
    QString cause;
    bool isMissing = false; // only its index is there
};

struct TraceFiles {
    std::vector<StreamFiles> streams;
    std::vector<UnreadableFile> unreadable; // each counts as a stream that cannot be opened
    QStringList passedOver; // files that lie in the directory and are no streams
    int emptyFiles = 0;
};

// The streams of the trace in this directory. Empty files are no streams: LTTng leaves them for idle CPUs. A file that
// does not begin as a packet is one all the same if its name, its index or packets further on say so: then its head is
// damaged. Else it is passed over.
TraceFiles findStreams(const QString &traceDir);

// index/NAME.idx of a stream file, whether it exists or not.
QString indexPath(const QString &streamFile);

} // namespace exitscope
