// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <memory>
#include <optional>
#include <vector>

#include "model/cancel_flag.h"
#include "model/diagnostic.h"
#include "model/recording.h"
#include "model/source/ctf/native_place.h"
#include "model/source/private_dir.h"
#include "model/source/process/reader_pool.h"
#include "model/source/stream_files.h"

namespace exitscope {

// A stream of a trace that is loaded: its files, what a reader gives of them, and what was tried to get it to.
struct StreamWork {
    QString traceDir;
    StreamFiles files;
    StreamChannel channel{};
    bool triedRepair = false;
    std::optional<wire::Summary> summary = std::nullopt; // of the last time that it was read to its end
    // What is behind the file that is damaged is a stream of its own, which begins then, on the trace's clock.
    std::optional<Ns> resumesNs = std::nullopt;
    std::optional<Record> begin = std::nullopt; // the NextSwitch that it says first, where a survey found one
    std::shared_ptr<NativeTrace> nativeTrace{}; // its trace, as the native decoder sees it

    bool canOpen() const { return channel.canOpen(); }
    std::uint64_t packets() const; // that were read of it, as far as the reader told
};

struct TraceWork {
    TraceInfo info;
    std::vector<std::unique_ptr<StreamWork>> streams;
    int unopened = 0; // streams of which nothing can be read
    qint64 bytes = 0; // of the streams that can
    bool isFile = false; // a trace of one file, no directory
    bool isDescribed = false;
    bool isForced = false; // the user said its role
    bool isSurveyed = false;
    std::optional<std::size_t> host; // in Recording::hosts, in whose timeline its events are
    std::uint64_t stepsBack = 0;
    std::uint64_t repeatedEvents = 0;

    // How many it takes to read it: streams in one directory share one.
    std::size_t readers() const;
    // What is known now of its streams goes into `info`.
    void collect();

private:
    void add(const wire::Summary &summary);
};

// Finds the streams of the trace, and cuts those that its index shows to end inside a packet.
// Once `cancel` is set it returns with what it has.
TraceWork prepareTrace(
    const QString &dir, PrivateDirs &privateDirs, Diagnostics &diagnostics, CancelFlag cancel = nullptr);

// Gives a stream that could not be opened with others a directory of its own. False if it has one, or gets none.
bool separate(StreamWork &stream, PrivateDirs &privateDirs);

// Has the stream opened alone the next time, from what is told of its files; false, with the cause, if it cannot be.
bool placeAlone(StreamWork &stream, PrivateDirs &privateDirs, QString &error);

// Cuts a stream that could not be opened at the begin of its last packet, or behind the last one that its index names
// if none begins there. False if that cannot help.
bool repair(StreamWork &stream, PrivateDirs &privateDirs, CancelFlag cancel);

// `perf data convert` drops what perf tells of lost events, and so does `perf script` unless it is told not to.
bool losesSilently(const wire::Description &description);

void tellCut(const StreamWork &stream, Diagnostics &diagnostics);

} // namespace exitscope
