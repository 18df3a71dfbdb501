// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/load_progress.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr std::chrono::milliseconds kInterval{50};

} // namespace

void ProgressMeter::begin(const std::vector<TraceWork *> &traces)
{
    m_now = traces;
    m_expectedNow = 0;
    for (const TraceWork *trace : traces)
        m_expectedNow += trace->bytes;
}

void ProgressMeter::end()
{
    m_done += m_expectedNow; // what failed counts as done, or the end would never be reached
    m_expectedNow = 0;
    m_now.clear();
    tick();
}

void ProgressMeter::tick()
{
    if (m_callback && std::chrono::steady_clock::now() - m_told >= kInterval)
        tell();
}

void ProgressMeter::finish()
{
    m_done = m_total;
    if (m_callback)
        tell();
}

qint64 ProgressMeter::doneNow() const
{
    qint64 done = 0;
    for (const TraceWork *trace : m_now) {
        for (const auto &stream : trace->streams) {
            if (!stream->canOpen())
                continue;
            const StreamChannel &channel = stream->channel;
            const auto consumed = static_cast<qint64>(channel.bytesConsumed());
            done += channel.isOver() ? stream->files.bytes : std::min(consumed, stream->files.bytes);
        }
    }
    return std::min(done, m_expectedNow);
}

void ProgressMeter::tell()
{
    m_told = std::chrono::steady_clock::now();
    m_callback({m_done + doneNow(), m_total});
}

} // namespace exitscope
