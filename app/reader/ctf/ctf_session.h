// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "app/reader/ctf/ctf_stream.h"
#include "app/reader/ctf/event_decoder.h"
#include "app/reader/ctf/file_progress.h"
#include "app/reader/ctf/shared_trace.h"
#include "app/reader/stream_session.h"

namespace exitscope::reader {

// A stream of CTF, read with libbabeltrace2.
class CtfSession : public StreamSession {
public:
    // `file`: which one of the directory; empty: it is alone there.
    CtfSession(std::uint16_t number, std::string directory, std::string file, Plain plain, FrameWriter &writer);

private:
    void tryOpen(OpenedBefore &before) override;
    bool canBeginAgain() const override { return m_trace != nullptr; }
    void tryBeginAgain() override;
    bool step() override;
    StreamRecorder *recorder() override { return m_decoder ? &m_decoder->recorder() : nullptr; }
    std::uint64_t bytesRead() override;
    std::uint64_t totalBytes() const override { return m_progress->totalBytes(); }
    void close() override;
    void forget() override { m_trace.reset(); }

    void makeDecoder();
    std::unique_ptr<CtfStream> openAlone() const;

    std::string m_directory;
    std::string m_file; // empty: all that are there

    std::shared_ptr<CtfTrace> m_trace; // where the stream can be begun again
    std::uint64_t m_streamOfTrace = 0;
    // In this order: what reads from the stream is destroyed before it. All null before open() and after the end.
    std::unique_ptr<CtfStream> m_stream;
    std::unique_ptr<EventDecoder> m_decoder;

    std::unique_ptr<FileProgress> m_progress;
    std::pair<Ns, Ns> m_range{0, 0}; // without an index: the stream's times, if they can be known
};

} // namespace exitscope::reader
