// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/file_lookahead.h"

#include <utility>

namespace exitscope::reader {

namespace {

constexpr int kAliveEvery = 512; // steps

} // namespace

FileLookahead::FileLookahead(std::unique_ptr<FileStream> stream, std::function<void()> alive)
    : m_stream(std::move(stream)), m_alive(std::move(alive))
{
}

StreamTeller::NextSwitch FileLookahead::behind(std::uint64_t event)
{
    for (int steps = 1;; ++steps) {
        if (const auto answer = m_ahead.behind(event))
            return *answer;
        advance();
        if (steps % kAliveEvery == 0)
            m_alive();
    }
}

void FileLookahead::advance()
{
    FileStep step;
    try {
        if (m_stream->next(step))
            take(step);
        else
            m_ahead.end();
    } catch (const ReadError &) {
        // The stream itself will meet the same error when it gets there, and tell it.
        m_ahead.end(true);
    }
}

void FileLookahead::take(const FileStep &step)
{
    if (step.kind == FileStep::Kind::Lost)
        m_ahead.discardedPackets();
    if (step.kind != FileStep::Kind::Event || step.isRepeated)
        return;
    m_ahead.event(step.timeNs);
    if (step.what.kind == EventKind::SchedSwitch)
        m_ahead.switchedOff(step.told.tidAt(field::PrevTid));
}

} // namespace exitscope::reader
