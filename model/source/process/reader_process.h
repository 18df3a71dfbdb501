// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "model/diagnostic_codes.h"
#include "model/source/process/frame_buffer.h"
#include "model/source/process/stream_channel.h"
#include "model/source/stream_reader.h"

namespace exitscope {

// Why a reader is no longer there before its streams are over.
struct ReaderFailure {
    Code code = Code::ReaderDied; // or ReaderHung, ReaderBabbled, ReaderMissing
    QString cause;
};

// One running exitscope-reader. Killed and reaped with the object at the latest.
class ReaderProcess : public StreamReader {
public:
    explicit ReaderProcess(std::vector<StreamChannel *> channels);
    ~ReaderProcess() override;

    // The channels are Opening from here on; Lost if the program could not be started (see failure()).
    void start(const QString &program, const QStringList &arguments);

    void send(wire::CommandKind kind, std::uint16_t stream, std::uint32_t value = 0) override;

    // Without waiting for its end.
    void kill();

    bool isRunning() const { return m_pid > 0; }
    pid_t pid() const { return m_pid; }
    const std::vector<StreamChannel *> &channels() const { return m_channels; }
    const std::optional<ReaderFailure> &failure() const { return m_failure; }
    // Nothing more will come that anyone waits for.
    bool isDone() const;
    // Nothing of it is being read: whoever wants it later can open it again.
    bool isIdle() const;
    // So too, and what it has open was surveyed.
    bool isKept() const;
    // Whether the reader owes a sign of life.
    bool isExpected() const;

    void addTo(std::vector<pollfd> &fds) const;
    // Reads and writes what can be without waiting. `waited`: for how long the caller waited for it just before.
    // Waiting alone counts towards a hang, so that a slow consumer never makes one; and nothing but whole frames ends
    // it, so that a reader that says no more than that it is alive hangs too.
    void serve(std::chrono::nanoseconds waited, std::chrono::milliseconds hangTimeout);

private:
    void writeCommands();
    bool readFrames(); // whether the reader gets on
    bool takeFrames(); // so too
    QString acceptFor(std::uint16_t stream, const Frame &frame);
    QString acceptHeartbeat(std::span<const char> payload);
    void drainErrors();
    void fail(Code code, const QString &cause);
    void died();
    void reap();
    void closeAll();

    std::vector<StreamChannel *> m_channels;
    std::vector<StreamChannel::Description> m_descriptions; // that it told, by channel
    pid_t m_pid = 0;
    int m_in = -1; // its stdin
    int m_out = -1; // its stdout
    int m_err = -1; // its stderr
    std::string m_commands; // not yet written
    std::string m_errorText; // the last of what it wrote to stderr
    FrameBuffer m_frames;
    std::chrono::nanoseconds m_silent{0}; // waited for it in vain
    std::uint64_t m_steps = 0; // of work, that it told
    std::optional<ReaderFailure> m_failure;
};

} // namespace exitscope
