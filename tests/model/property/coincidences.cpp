// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/coincidences.h"

#include <algorithm>
#include <vector>

#include "tests/model/property/random_host.h"

namespace exitscope::testing {

namespace {

struct Happening {
    Record record;
    bool lost = false;
    bool slippedIn = false; // left, after one of its packet that was lost
    std::size_t stream = 0;
};

struct Loss {
    std::int32_t pcpu = 0;
    std::size_t stream = 0;
    Ns begin = 0; // the last event left before it
    Ns end = 0; // the first after it
};

bool isVcpu(std::int32_t tid)
{
    return tid >= kFirstVcpuTid && tid < kFirstVcpuTid + 100;
}

bool isKvmEvent(EventKind kind)
{
    return kind == EventKind::VmEntry || kind == EventKind::VmExit || kind == EventKind::UserspaceExit;
}

bool isHalt(const Record &record)
{
    return record.exit.reason == (record.isa == 1 ? 12 : 120);
}

class Walk {
public:
    Walk(Coincidences &found, const LossyHost &host) : m_found(found)
    {
        for (std::size_t s = 0; s < host.streams.size(); ++s)
            addStream(host.streams[s], s);
        std::stable_sort(m_happenings.begin(), m_happenings.end(),
            [](const Happening &a, const Happening &b) { return a.record.timeNs < b.record.timeNs; });
    }

    void run()
    {
        for (const Happening &one : m_happenings)
            if (one.record.kind == EventKind::SchedSwitch)
                onSwitch(one);
            else if (isKvmEvent(one.record.kind))
                onKvmEvent(one);
            else if (one.record.kind == EventKind::IoctlEntry || one.record.kind == EventKind::IoctlExit)
                onIoctl(one);
            else if (one.record.kind == EventKind::IrqBegin || one.record.kind == EventKind::IrqEnd)
                onIrq(one);
    }

private:
    struct Thread {
        std::int32_t pcpu = kNoPcpu; // where it was last
        bool haltedByWhatIsLeft = false;
        bool otherExitLost = false; // after that
        bool ioctlEntryLost = false;
    };

    void addStream(const WrittenStream &stream, std::size_t index)
    {
        Ns last = kNoTime;
        bool inLoss = false;
        for (const WrittenPacket &packet : stream.packets) {
            m_found["packets that tell of a loss"] += packet.eventsLost || packet.packetsLost;
            bool someLost = false;
            for (const WrittenEvent &event : packet.events) {
                m_happenings.push_back({event.record, event.lost, !event.lost && someLost && packet.eventsLost, index});
                m_found["events lost"] += event.lost;
                someLost |= event.lost;
                if (event.lost && !inLoss)
                    m_losses.push_back({stream.pcpu, index, last, kEndOfRecording});
                if (!event.lost && inLoss)
                    m_losses.back().end = event.record.timeNs;
                if (!event.lost)
                    last = event.record.timeNs;
                inLoss = event.lost;
            }
        }
    }

    template <typename F>
    bool inLossOf(const Happening &one, F counts) const
    {
        return std::any_of(
            m_losses.begin(), m_losses.end(),
            [&](const Loss &loss) {
                return counts(loss) && loss.begin < one.record.timeNs && one.record.timeNs < loss.end;
            });
    }

    void onSwitch(const Happening &one)
    {
        const SwitchData &data = one.record.switched;
        Thread &prev = m_threads[data.prevTid];
        Thread &next = m_threads[data.nextTid];
        if (isVcpu(data.prevTid) && !one.lost) {
            m_found["switches away while another pCPU loses"]
                += inLossOf(one, [&one](const Loss &loss) { return loss.pcpu != one.record.pcpu; });
            const bool asleep = (data.prevState & 0xff) != 0;
            m_found["asleep after a lost exit, with a halt before"]
                += asleep && prev.haltedByWhatIsLeft && prev.otherExitLost;
        }
        if (isVcpu(data.nextTid) && one.lost)
            m_found["moves to another pCPU that are lost"] += next.pcpu != kNoPcpu && next.pcpu != one.record.pcpu;
        prev.pcpu = next.pcpu = one.record.pcpu;
    }

    void onKvmEvent(const Happening &one)
    {
        m_found["KVM events that slipped in"] += one.slippedIn;
        m_found["KVM events while another channel of the pCPU loses"] += !one.lost
            && inLossOf(
                one, [&one](const Loss &loss) { return loss.pcpu == one.record.pcpu && loss.stream != one.stream; });
        if (one.record.kind != EventKind::VmExit || one.record.tid == kNoThread)
            return;
        Thread &thread = m_threads[one.record.tid];
        thread.otherExitLost = one.lost && !isHalt(one.record);
        if (!one.lost)
            thread.haltedByWhatIsLeft = isHalt(one.record);
    }

    void onIoctl(const Happening &one)
    {
        if (one.record.tid == kNoThread)
            return;
        Thread &thread = m_threads[one.record.tid];
        const bool entry = one.record.kind == EventKind::IoctlEntry;
        m_found["exits of ioctls whose entry is lost"] += !entry && !one.lost && thread.ioctlEntryLost;
        thread.ioctlEntryLost = entry && one.lost;
    }

    void onIrq(const Happening &one)
    {
        std::vector<bool> &open = m_openIrq[one.record.pcpu]; // whether the begin is left
        if (one.record.kind == EventKind::IrqBegin) {
            open.push_back(!one.lost);
        } else if (!open.empty()) {
            m_found["interrupt work whose end is lost"] += open.back() && one.lost;
            open.pop_back();
        }
    }

    Coincidences &m_found;
    std::vector<Happening> m_happenings;
    std::vector<Loss> m_losses;
    std::map<std::int32_t, Thread> m_threads;
    std::map<std::int32_t, std::vector<bool>> m_openIrq; // by pCPU
};

} // namespace

void addCoincidences(Coincidences &found, const LossyHost &host)
{
    Walk(found, host).run();
}

} // namespace exitscope::testing
