// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/clock/clock_map.h"
#include "model/guest/context_kind.h"
#include "model/timeline/timeline.h"

namespace exitscope {

// A guest CPU as seen from the host under a map: who ran there. The guest and the map must outlive it.
class GuestCpuOnHost {
public:
    GuestCpuOnHost(const GuestTrace &guest, const GuestCpu &cpu, const ClockMap &map)
        : m_guest(&guest), m_cpu(&cpu), m_map(&map)
    {
    }

    // Within the guest's trace, and not where its tracer lost events. `host`: ns on the host's clock.
    bool knows(Ns host) const;
    // The thread that stands on the CPU; kNoThread where that is not known. O(log n).
    std::int32_t threadAt(Ns host) const;
    // The first other thread that stands on the CPU within the range on the host's clock; that thread if there is none.
    std::int32_t otherThreadWithin(TimeRange host, std::int32_t thread) const;
    // What the CPU does; Unknown where that is not known. O(log n).
    GuestContext contextAt(Ns host) const;
    // "swapper/0"; empty if never told.
    QString nameOf(std::int32_t tid, Ns host) const;

    // So too, of a time on the guest's clock.
    bool knowsGuest(Ns guest) const;

    const GuestTrace &guest() const { return *m_guest; }
    const GuestCpu &cpu() const { return *m_cpu; }
    const ClockMap &map() const { return *m_map; }

private:
    const GuestTrace *m_guest;
    const GuestCpu *m_cpu;
    const ClockMap *m_map;
};

// Who or what has most of the time that a vCPU was in guest mode within a range, and that time.
template <typename Whose>
struct ShareOfGuest {
    Whose of{};
    Ns ns = 0; // 0: it was not in guest mode
};
using GuestShare = ShareOfGuest<std::int32_t>; // a thread; kNoThread: most of that time belongs to nobody known
using ContextShare = ShareOfGuest<ContextKind>;

// Of a guest's CPU on its vCPU; both must outlive it. Exact where the range holds few intervals, else of samples of it:
// the work is bounded whatever the range. Best asked about ranges that follow each other, as pixel columns do: O(log n)
// at first, then O(1) near the range before.
class GuestShares {
public:
    GuestShares(const Vcpu &vcpu, const GuestCpuOnHost &cpu) : m_states(vcpu.states), m_cpu(cpu) { }

    GuestShare thread(TimeRange range);
    ContextShare context(TimeRange range);

private:
    // Rows that begin at times on the guest's clock, and where they were last looked for.
    struct Rows {
        const std::vector<Ns> &begins;
        NearbySearch search = {};
        std::size_t startedBy(Ns guest); // how many
    };
    template <typename Whose, typename Of>
    ShareOfGuest<Whose> largest(TimeRange range, Rows &rows, const Of &ofRow);

    const StateColumns &m_states;
    const GuestCpuOnHost &m_cpu;
    NearbySearch m_first, m_last, m_sampled; // intervals of m_states
    Rows m_switches{m_cpu.cpu().switchTime};
    Rows m_contexts{m_cpu.cpu().contexts.time};
};

} // namespace exitscope
