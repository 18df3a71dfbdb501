// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "model/load/merge.h"
#include "model/load/trace_work.h"
#include "model/source/process/reader_pool.h"

namespace exitscope {

// How far a loss in a recording reaches, on the clock of the host.
struct Loss {
    Ns from = kNoTime; // the begin of the recording, if it is known
    Ns until = kEndOfRecording;
};

// A blind stretch of that pCPU begins, or ends (manual "Definitions", Loss). kNoPcpu: all pCPUs are blind.
Record blindRecord(Ns from, std::int32_t pcpu, bool ofSwitches = true);
// All pCPUs, before anything that happened at that time.
Record blindFromBegin(Ns from, std::int32_t pcpu = kNoPcpu);
Record sightedRecord(Ns until, std::int32_t pcpu);

// The records of one stream of a trace as the reader sends them, on the clock of the host. What is lost at its end is
// told behind them.
class StreamSource : public RecordSource {
public:
    // `dropped`: Richness bits of the kinds of events to leave out.
    StreamSource(ReaderPool &pool, StreamWork &stream, Ns shiftNs, std::uint32_t dropped, Loss loss);

    // Nothing of it came, and its recording begins when the first of all records says so.
    bool isWhollyLost() const { return m_isWhollyLost; }
    // Whose events these are, where that is known before any of them; else kNoPcpu.
    std::int32_t knownPcpu() const { return m_stream.channel.place().cpu.value_or(kNoPcpu); }

    // Nothing of it comes before that time, when `open` makes its reader ready. What it says of its begin is known.
    void restUntil(Ns from, std::function<void()> open);
    Ns restsUntil() const override { return m_begin ? kNoTime : m_restsUntil; }

    void request() { m_pool.request(m_stream.channel); }
    std::vector<Record> nextBatch() override;
    void prepare(std::span<Record> records, RecordSink &sink) override;

private:
    std::vector<Record> knownBegin();
    void wake();
    std::vector<Record> lastBatch();
    Record lossAtEnd();
    bool hasSwitches() const;
    void adapt(std::vector<Record> &records);
    void shift(Record &record) const;
    std::uint32_t nameInSink(std::uint32_t own, RecordSink &sink);

    ReaderPool &m_pool;
    StreamWork &m_stream;
    Ns m_shiftNs;
    std::uint32_t m_dropped;
    Loss m_loss;
    Ns m_restsUntil = kNoTime; // kNoTime: it does not, or no longer
    std::function<void()> m_open; // what ends its rest
    Ns m_from = kNoTime; // when it rested: nothing before
    std::optional<Record> m_begin; // not yet given
    bool m_repeatsBegin = false; // the records that come next, which begin with what was given
    bool m_isOver = false;
    bool m_isWhollyLost = false;
    bool m_isBlind = false; // behind the records that were given
    Ns m_last = kNoTime; // the time of the last of them
    std::vector<std::uint32_t> m_names; // the stream's names in the sink; kNoName: not yet there
};

} // namespace exitscope
