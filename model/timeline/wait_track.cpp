// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/wait_track.h"

namespace exitscope {

void WaitTrack::waitsAt(Ns t, std::int32_t pcpu)
{
    m_since = t;
    noteNumber(m_pcpus, {t, pcpu});
}

void WaitTrack::getsIn(Ns t, std::int32_t pcpu)
{
    if (m_pcpus.empty() || m_pcpus.back().number() == kNoPcpu || m_pcpus.back().number() == pcpu)
        return;
    ++m_elsewhere.times;
    m_elsewhere.ns += t - m_since;
}

void WaitTrack::append(WaitTrack &&later, Ns t)
{
    while (!m_pcpus.empty() && m_pcpus.back().begin() >= t)
        m_pcpus.dropLast();
    later.m_pcpus.take([this](const NumberSince &since) { noteNumber(m_pcpus, since); });
    m_since = later.m_since;
}

void WaitTrack::takeColumns(WaitColumns &columns)
{
    columns.begin.reserve(m_pcpus.size());
    columns.pcpu.reserve(m_pcpus.size());
    m_pcpus.take([&](const NumberSince &since) {
        columns.begin.append(since.begin());
        columns.pcpu.append(since.number());
    });
}

} // namespace exitscope
