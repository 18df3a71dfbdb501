// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "app/reader/file/file_lookahead.h"
#include "app/reader/file/shared_file.h"
#include "app/reader/stream_session.h"

namespace exitscope::reader {

// A stream of a trace that is one file.
class FileSession : public StreamSession {
public:
    // `cpu`: whose, as FileCpu::number has it.
    FileSession(std::uint16_t number, std::string path, std::int32_t cpu, Plain plain, FrameWriter &writer);

private:
    void tryOpen(OpenedBefore &before) override;
    bool canBeginAgain() const override { return m_file != nullptr; }
    void tryBeginAgain() override { begin(); }
    bool step() override;
    StreamRecorder *recorder() override { return m_recorder.get(); }
    std::uint64_t bytesRead() override { return m_stream->bytesRead(); }
    std::uint64_t totalBytes() const override { return m_totalBytes; }
    void close() override;
    void forget() override { m_file.reset(); }

    void begin();
    StreamTeller::NextSwitch nextSwitch(std::uint64_t event);

    std::string m_path;
    std::int32_t m_cpu;
    std::size_t m_place = 0; // of the CPU in its file
    std::uint64_t m_totalBytes = 0;
    // In this order: what reads from the file ends before it. Null before open(), and all but the file after the end.
    std::shared_ptr<OpenedFile> m_file;
    std::unique_ptr<FileStream> m_stream;
    std::unique_ptr<FileLookahead> m_lookahead; // made when first needed
    std::unique_ptr<StreamRecorder> m_recorder;
};

} // namespace exitscope::reader
