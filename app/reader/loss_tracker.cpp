// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/loss_tracker.h"

#include <algorithm>
#include <utility>

namespace exitscope::reader {

void LossTracker::discardedEvents(std::optional<Ns> beginNs)
{
    open(m_lastNs, beginNs);
    m_nextPacketLost = true;
}

void LossTracker::discardedPackets(std::optional<Ns> beginNs)
{
    open(m_lastNs, beginNs);
}

void LossTracker::open(Ns unknownFromNs, std::optional<Ns> beginNs)
{
    if (!m_open) {
        m_unknownFromNs = unknownFromNs;
        m_beginNs = beginNs.value_or(kNoTime);
        m_open = true;
    } else {
        m_unknownFromNs = std::min(m_unknownFromNs, unknownFromNs);
    }
}

void LossTracker::packetEnd()
{
    if (m_packetEvents > 0 && m_packetLost) {
        const bool whole = m_packetEvents >= kTail;
        open(whole ? m_tail[m_packetEvents % kTail] : m_beforePacketNs, {});
    }
    m_packetEvents = 0;
    m_packetLost = false;
}

std::optional<LossTracker::Loss> LossTracker::event(Ns timeNs)
{
    std::optional<Loss> loss;
    if (m_open) {
        const Ns from = m_lastNs != kNoTime ? m_lastNs : m_beginNs != kNoTime ? std::min(m_beginNs, timeNs) : timeNs;
        loss = Loss{from, {m_unknownFromNs != kNoTime ? m_unknownFromNs : from, timeNs}};
        m_open = false;
    }
    if (m_packetEvents == 0) {
        beginPacket(loss && m_lastNs == kNoTime ? loss->timeNs : m_lastNs);
    }
    m_tail[m_packetEvents++ % kTail] = timeNs;
    m_lastNs = timeNs;
    return loss;
}

void LossTracker::beginPacket(Ns beforeNs)
{
    m_beforePacketNs = beforeNs;
    m_packetLost = std::exchange(m_nextPacketLost, false);
}

std::optional<LossTracker::Loss> LossTracker::end()
{
    const Ns from = m_lastNs != kNoTime ? m_lastNs : m_beginNs;
    if (!m_open || from == kNoTime) {
        return {};
    }
    m_open = false;
    return Loss{from, {m_unknownFromNs != kNoTime ? m_unknownFromNs : from, kEndOfRecording}};
}

} // namespace exitscope::reader
