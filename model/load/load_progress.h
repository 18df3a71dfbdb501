// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <vector>

#include "model/load/load.h"
#include "model/load/trace_work.h"

namespace exitscope {

// Adds up what was read of all streams, and tells it now and then.
class ProgressMeter {
public:
    explicit ProgressMeter(const ProgressCallback &callback) : m_callback(callback) { }

    void expect(const TraceWork &trace, int times = 1) { m_total += times * trace.bytes; } // it will be read so often
    void expectNothing() { m_total = m_done; } // beyond what was read
    void begin(const std::vector<TraceWork *> &traces); // these are read now
    void end(); // and they were
    void skip(const TraceWork &trace) { m_done += trace.bytes; } // expected, but need not be read
    void tick(); // something may have come
    void finish();

private:
    qint64 doneNow() const;
    void tell();

    const ProgressCallback &m_callback;
    std::vector<TraceWork *> m_now;
    qint64 m_expectedNow = 0; // of m_now, when it began
    qint64 m_done = 0;
    qint64 m_total = 0;
    std::chrono::steady_clock::time_point m_told;
};

} // namespace exitscope
