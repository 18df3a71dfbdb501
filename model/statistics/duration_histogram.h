// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <vector>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/statistics/exit_filter.h"
#include "model/statistics/exit_pass.h"

namespace exitscope {

// Log-spaced bins of durations: kPerDecade to each power of ten, from kLowest; shorter ones are in the first bin.
struct DurationBins {
    static constexpr int kPerDecade = 12;
    static constexpr Ns kLowest = 100; // ns
    static constexpr int kCount = 10 * kPerDecade; // up to 1000 s; longer ones are in the last bin

    static int indexOf(Ns duration);
    // [lower, upper) in ns: indexOf(lower(i)) == i and indexOf(lower(i) - 1) == i - 1.
    static Ns lower(int bin);
    static Ns upper(int bin) { return lower(bin + 1); }
};

struct DurationHistogram {
    DurationKind of = DurationKind::Gross;
    // By index into Recording::reasons, then by bin.
    std::vector<std::array<std::int64_t, DurationBins::kCount>> counts;
    std::int64_t total = 0;
    // Timed exits by index into Recording::reasons whose net time is not known: they are not counted above.
    std::vector<std::int64_t> leftOut;
    std::optional<Ns> p50, p95, p99; // nearest-rank, of all that was counted
};

// A histogram from one pass over the exits. The recording must outlive it.
class HistogramTally final : public ExitSink {
public:
    HistogramTally(const Recording &recording, const Selection &selection, DurationKind of);
    // Its filter refers to its selection.
    HistogramTally(const HistogramTally &) = delete;
    HistogramTally &operator=(const HistogramTally &) = delete;

    void beginVm(const VmAt &vm) override;
    bool beginVcpu(const VcpuAt &vcpu) override;
    void add(std::size_t first, std::size_t last) override;

    DurationHistogram take(CancelFlag cancel); // once, behind the pass

private:
    const Selection m_selection;
    ExitFilter m_filter;
    DurationHistogram m_histogram;
    std::vector<Ns> m_durations;
    const Timeline *m_host = nullptr;
    const ExitColumns *m_exits = nullptr;
};

// Of the exits (or runs) that the selection lets through.
DurationHistogram histogramOf(const Recording &recording, const Selection &selection, DurationKind of);

} // namespace exitscope
