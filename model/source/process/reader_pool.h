// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <QThreadPool>

#include <functional>
#include <memory>
#include <vector>

#include "model/cancel_flag.h"
#include "model/source/ctf/native_reader.h"
#include "model/source/process/reader_options.h"
#include "model/source/process/reader_process.h"

namespace exitscope {

// A reader that failed, and the streams that were lost with it.
struct PoolFailure {
    ReaderFailure failure;
    std::vector<StreamChannel *> lost;
};

// All that reads the streams of a load: the native decoder on as many threads as there are cores; for what it does not
// understand reader processes, at most maxReaders at one time, with the streams dealt out among them, and beside these
// such as keep what was surveyed open, where memory allows.
class ReaderPool {
public:
    // `onPump` is called whenever something may have come.
    ReaderPool(const ReaderOptions &options, CancelFlag cancel, std::function<void()> onPump = {});
    ~ReaderPool();
    ReaderPool(const ReaderPool &) = delete;
    ReaderPool &operator=(const ReaderPool &) = delete;

    // Has them opened, and does not wait for it. Streams that are Open already are left as they are, and those that
    // were surveyed are begun again by their readers, as long as these are there.
    void prepare(const std::vector<StreamChannel *> &streams, ReadMode mode = ReadMode::Host);
    // The same, and returns once each is Open, or over. What is being read of other streams goes on.
    void open(const std::vector<StreamChannel *> &streams, ReadMode mode = ReadMode::Host);
    // Reads Open streams to their ends for their summaries alone. Their readers stay, as long as there is room.
    void survey(const std::vector<StreamChannel *> &streams);
    // Lets the reader go on with the stream; call it again after records were taken.
    void request(StreamChannel &channel);
    // Waits until the stream has records or is over. False if cancelled.
    bool waitFor(StreamChannel &channel);
    // The records that follow, and the reader goes on with the next ones; empty at the end, or if cancelled.
    std::vector<Record> next(StreamChannel &channel);
    // A stream that was opened alone, whose channel goes.
    void release(const StreamChannel &channel);
    void closeAll();

    CancelFlag cancelFlag() const { return m_cancel; }
    bool isCancelled() const { return exitscope::isCancelled(m_cancel); }
    int maxReaders() const { return m_maxReaders; }
    std::vector<pid_t> pids() const;
    // What failed of these streams since the last call.
    std::vector<PoolFailure> takeFailures(const std::vector<StreamChannel *> &of);

private:
    using Unit = std::vector<StreamChannel *>; // streams that are opened together

    void startProcesses(const std::vector<Unit> &units, int processes, ReadMode mode);
    static std::vector<Unit> unitsOf(const std::vector<StreamChannel *> &streams);
    bool isForNative(const StreamChannel &stream) const;
    void startNatives(const std::vector<StreamChannel *> &streams, ReadMode mode);
    bool reopenRefused(const std::vector<StreamChannel *> &streams, ReadMode mode);
    void serveNatives();
    bool takeOver(NativeReader &reader);
    void resume();
    static void startSurvey(StreamChannel &channel);
    void closeNatives();
    bool reopenAlone(const std::vector<StreamChannel *> &streams, ReadMode mode);
    bool waitUntil(const std::function<bool()> &done);
    void pump(std::chrono::milliseconds timeout);
    void collectFailures();
    bool canGoOn(StreamChannel &stream, ReadMode mode);
    int working() const;
    void makeRoom(int wanted, const std::vector<StreamChannel *> &without);

    SourceChoice m_source;
    QString m_program;
    std::uint64_t m_memoryBytes;
    std::chrono::milliseconds m_hangTimeout;
    int m_maxReaders;
    int m_mostKept; // readers that may stay beside those for what was surveyed
    CancelFlag m_cancel;
    std::function<void()> m_onPump;
    WakeUp m_wake;
    QThreadPool m_threads;
    std::vector<std::unique_ptr<NativeReader>> m_natives;
    std::vector<StreamChannel *> m_resumed; // were handed over to processes
    std::vector<std::unique_ptr<ReaderProcess>> m_processes;
    std::vector<PoolFailure> m_failures;
    std::vector<pollfd> m_fds;
};

} // namespace exitscope
