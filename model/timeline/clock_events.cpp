// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/clock_events.h"

namespace exitscope {

void HostClockCollector::add(const Record &record)
{
    switch (record.kind) {
    case EventKind::TimerStart:
        m_timer[record.pcpu] = record.timer.expires;
        break;
    case EventKind::VmEntry:
    case EventKind::VmExit:
    case EventKind::SchedSwitch:
        m_timer.erase(record.pcpu); // a timer of this exit's handling, in this thread, comes after
        break;
    case EventKind::Blind: // another one can have been started since
        if (record.pcpu == kNoPcpu)
            m_timer.clear();
        else
            m_timer.erase(record.pcpu);
        break;
    case EventKind::DeadlineWrite:
        if (const std::int64_t *timer = m_timer.find(record.pcpu)) {
            m_events.deadlineTime.push_back(record.timeNs);
            m_events.deadlinePcpu.push_back(record.pcpu);
            m_events.deadlineExpires.push_back(*timer);
        }
        break;
    case EventKind::Vmsync:
        m_events.vmsync.time.push_back(record.timeNs);
        m_events.vmsync.data.push_back(record.vmsync);
        break;
    case EventKind::TscOffset:
        m_events.tscOffsetTime.push_back(record.timeNs);
        m_events.tscOffset.push_back(record.tscOffset);
        break;
    default:
        break;
    }
}

} // namespace exitscope
