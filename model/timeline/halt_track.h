// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include "model/record/record.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/block_list.h"
#include "model/timeline/timeline.h"

namespace exitscope {

// Events that tell of halts: how they end, how long the next one is polled, and what is injected.
constexpr bool isOfHalts(const Record &record)
{
    return record.kind == EventKind::HaltWakeup || record.kind == EventKind::HaltPolling
        || (record.kind == EventKind::Touch && record.touch.target.kind() == TargetKind::Vector);
}

// What KVM tells of a vCPU's halts, until no event can follow.
class HaltTrack {
public:
    void wakeUp(Ns t, const HaltWakeupData &data);
    void setPolling(Ns t, const HaltPollingData &data);
    // An exit event; of what is injected after one with a halt, the first is what woke it.
    void exits(bool isHalt) { m_isHalted = isHalt; }
    void inject(Ns t, std::uint64_t vector);

    void append(HaltTrack &&later);
    // Into Vcpu::halts and wokenBy; the exits are there already.
    void takeColumns(Vcpu &vcpu, const ReasonTable &reasons);

private:
    void tellWhatWoke(Vcpu &vcpu, const ReasonTable &reasons);

    struct Wakeup {
        Ns time;
        Ns lasted;
        std::uint8_t slept;
    };
    struct Polling {
        Ns time;
        Ns ns;
    };
    struct Injection {
        Ns time;
        std::uint8_t vector;
    };

    bool m_isHalted = false; // the last exit is a halt, and nothing was injected since
    BlockList<Wakeup> m_wakeups;
    BlockList<Polling> m_polling;
    std::optional<Ns> m_pollingBefore;
    BlockList<Injection> m_injections;
};

} // namespace exitscope
