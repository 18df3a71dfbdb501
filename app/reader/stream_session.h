// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/reader/frame_writer.h"
#include "model/record/stream_recorder.h"

namespace exitscope::reader {

class SharedFile;
class SharedTrace;

// What a stream is opened with that the one before it of the command line opened, if both are of one trace.
struct OpenedBefore {
    SharedTrace &trace;
    SharedFile &file;
};

// One stream of the command line: what is sent of it, and when. How it is read is said by its classes.
class StreamSession {
public:
    virtual ~StreamSession() = default;
    StreamSession(const StreamSession &) = delete;
    StreamSession &operator=(const StreamSession &) = delete;

    // Sends the Description, or Failed.
    void open(OpenedBefore &before);

    void addCredits(std::uint32_t credits) { m_credits += credits; }
    void survey();
    // Reads it once more, without opening its trace again. Nothing is sent of it but what is asked for next.
    void beginAgain(Plain plain);
    bool hasWork() const { return m_isOpen && (m_isSurvey || m_credits > 0); }
    // Reads on for some hundred steps; true if it sent a frame.
    bool work();

protected:
    StreamSession(std::uint16_t number, Plain plain, FrameWriter &writer);

    std::uint16_t number() const { return m_number; }
    Plain plain() const { return m_plain; } // for the recorder
    FrameWriter &writer() { return m_writer; }
    void isAlive(); // to be called now and then where one step takes long

private:
    // These throw ReadError. Opens it, sends its Description, begins to read.
    virtual void tryOpen(OpenedBefore &before) = 0;
    virtual bool canBeginAgain() const = 0;
    virtual void tryBeginAgain() = 0;
    virtual bool step() = 0; // reads one thing of it; false: there is none any more
    virtual StreamRecorder *recorder() = 0; // null: it is not open
    virtual std::uint64_t bytesRead() = 0; // about
    virtual std::uint64_t totalBytes() const = 0;
    virtual void close() = 0; // what reads it
    virtual void forget() = 0; // what it could be begun again with

    template <typename Work>
    bool orFail(Work work); // true if it failed
    bool tryWork();
    bool hasReady();
    bool recordsDue();
    std::uint64_t bytesConsumed();
    void sendRecords(std::uint64_t bytesConsumed);
    void finish();
    void fail(const char *cause);
    void tellEnd();

    std::uint16_t m_number;
    Plain m_plain;
    FrameWriter &m_writer;
    bool m_isOpen = false;
    bool m_isSurvey = false;
    std::uint64_t m_credits = 0;
    std::chrono::steady_clock::time_point m_turnBegan; // or the last frame was sent
    std::uint64_t m_bytesConsumed = 0;
    std::vector<Record> m_unsent; // what a frame has no room for
    std::size_t m_sent = 0; // of these
    bool m_isRead = false; // to its end, or to where it fails: only the records before it are still to be sent
    std::optional<std::string> m_cause; // why it fails
};

} // namespace exitscope::reader
