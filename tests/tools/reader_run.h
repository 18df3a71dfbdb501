// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

#include "model/record/description.h"
#include "model/record/frame.h"
#include "model/record/record.h"

namespace exitscope::testing {

// What exitscope-reader sent of one stream.
struct ReadStream {
    std::optional<wire::Description> description;
    std::optional<int> describedAs; // the stream that it has the same Description as
    QStringList names;
    std::vector<Record> records;
    std::vector<std::size_t> frames; // how many of the records each one had
    std::uint64_t bytesConsumed = 0;
    std::optional<wire::Summary> summary;
    std::optional<wire::Summary> partial;
    QString cause; // of its failure

    bool isOver() const { return summary || !cause.isEmpty(); }
};

struct ReaderRun {
    QString fault; // what no reader may do: to crash, to hang, to send what is out of order; empty: none
    std::vector<ReadStream> streams;
    QByteArray errors; // on stderr
};

// Its exit status, stdout and stderr; -1 if it crashes or hangs.
struct ReaderOutput {
    int status = -1;
    QByteArray out;
    QByteArray errors;
};
ReaderOutput outputOfReader(const QStringList &arguments);

using Commands = std::vector<wire::Command>;
// Runs exitscope-reader until each of its streams is over; without commands it is asked for all records of all. With
// several `rounds` the next commands are given when all streams are over, and what came before is forgotten.
ReaderRun runReader(const QStringList &arguments, int streams, const std::vector<Commands> &rounds = {});
// "--file FILE 0 --file FILE 1 …"
QStringList filesOf(const QString &file, std::initializer_list<int> cpus);

} // namespace exitscope::testing
