// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/file_session.h"

#include <algorithm>
#include <utility>

namespace exitscope::reader {

FileSession::FileSession(std::uint16_t number, std::string path, std::int32_t cpu, Plain plain, FrameWriter &writer)
    : StreamSession(number, plain, writer), m_path(std::move(path)), m_cpu(cpu)
{
}

void FileSession::tryOpen(OpenedBefore &before)
{
    auto file = before.file.take(m_path, [this] { isAlive(); });
    const auto &cpus = file->trace->cpus();
    const auto cpu = std::find_if(cpus.begin(), cpus.end(), [this](const FileCpu &c) { return c.number == m_cpu; });
    if (cpu == cpus.end())
        throw ReadError("the file has no events of CPU " + std::to_string(m_cpu));
    m_file = std::move(file);
    m_place = static_cast<std::size_t>(cpu - cpus.begin());
    m_totalBytes = cpu->bytes;
    begin();
    if (m_file->described) {
        writer().sameDescription(number(), *m_file->described);
    } else {
        writer().description(number(), wire::encode(m_file->trace->describe()));
        m_file->described = number();
    }
}

void FileSession::begin()
{
    close();
    StreamRecorder::Options options;
    options.plain = plain();
    options.hasSwitches = m_file->trace->describe().hasSwitches;
    options.nextSwitch = [this](std::uint64_t event) { return nextSwitch(event); };
    m_stream = m_file->trace->read(m_place);
    m_recorder = std::make_unique<StreamRecorder>(std::move(options));
    m_recorder->packetBegin(m_cpu);
}

StreamTeller::NextSwitch FileSession::nextSwitch(std::uint64_t event)
{
    if (!m_lookahead)
        m_lookahead = std::make_unique<FileLookahead>(m_file->trace->read(m_place), [this] { isAlive(); });
    return m_lookahead->behind(event);
}

bool FileSession::step()
{
    FileStep step;
    if (!m_stream->next(step)) {
        m_recorder->packetEnd();
        return false;
    }
    switch (step.kind) {
    case FileStep::Kind::Lost:
        m_recorder->lostEvents(step.lost);
        break;
    case FileStep::Kind::Thread:
        m_recorder->thread(step.told.tid, step.told.pid, step.told.procname);
        break;
    case FileStep::Kind::Event:
        if (step.isRepeated) {
            m_recorder->repeatedEvent();
            break;
        }
        m_recorder->eventAt(step.timeNs, step.kinds);
        if (!m_recorder->omitsRecords())
            m_recorder->event(step.what, step.told);
        break;
    }
    if (m_recorder->omitsRecords())
        m_lookahead.reset();
    return true;
}

void FileSession::close()
{
    m_recorder.reset();
    m_lookahead.reset();
    m_stream.reset();
}

} // namespace exitscope::reader
