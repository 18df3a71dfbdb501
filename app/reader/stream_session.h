// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "app/reader/ctf_stream.h"
#include "app/reader/event_decoder.h"
#include "app/reader/file_progress.h"
#include "app/reader/frame_writer.h"
#include "app/reader/shared_trace.h"

namespace exitscope::reader {

// One stream of the command line: what is sent of it, and when.
class StreamSession {
public:
    StreamSession(std::uint16_t number, std::string directory, std::string file, Plain plain, FrameWriter &writer);

    // Sends the Description, or Failed. `shared`: what the stream before it was opened with.
    void open(SharedTrace &shared);

    void addCredits(std::uint32_t credits) { m_credits += credits; }
    void survey();
    // Reads it once more, without opening its trace again. Nothing is sent of it but what is asked for next.
    void beginAgain(Plain plain);
    bool hasWork() const { return m_stream && (m_survey || m_credits > 0); }
    // Reads on for some hundred messages; true if it sent a frame.
    bool work();

private:
    void tryOpen(SharedTrace &shared);
    void makeDecoder();
    void isAlive();
    std::unique_ptr<CtfStream> openAlone() const;
    bool tryWork();
    bool recordsDue() const;
    std::uint64_t bytesConsumed();
    void sendRecords(std::uint64_t bytesConsumed);
    void finish();
    void fail(const char *cause);
    void close();

    std::uint16_t m_number;
    std::string m_directory;
    std::string m_file; // empty: all that are there
    Plain m_plain;
    FrameWriter &m_writer;
    std::uint64_t m_credits = 0;
    bool m_survey = false;
    std::chrono::steady_clock::time_point m_turnBegan; // or the last frame was sent

    std::shared_ptr<CtfTrace> m_trace; // where the stream can be begun again
    std::uint64_t m_streamOfTrace = 0;
    // In this order: what reads from the stream is destroyed before it. All null before open() and after the end.
    std::unique_ptr<CtfStream> m_stream;
    std::unique_ptr<EventDecoder> m_decoder;

    std::unique_ptr<FileProgress> m_progress;
    std::pair<Ns, Ns> m_range{0, 0}; // without an index: the stream's times, if they can be known
    std::uint64_t m_bytesConsumed = 0;
};

} // namespace exitscope::reader
