// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <babeltrace2/babeltrace.h>

#include <cstdint>

namespace exitscope::reader {

// Finds events that were recorded twice: `perf record -e 'kvm:*' -e kvm:kvm_exit` writes each VM exit once for each
// time that it was asked for.
class Repetition {
public:
    Repetition() = default;
    ~Repetition() { bt_message_put_ref(m_last); }
    Repetition(const Repetition &) = delete;
    Repetition &operator=(const Repetition &) = delete;

    // Whether it equals the one before it in time, name, thread and all fields of its own: not those that perf adds to
    // each sample. Every event of the stream must be told.
    bool is(const bt_message *event);

private:
    const bt_message *m_last = nullptr;
    std::uint64_t m_lastCycles = 0;
};

} // namespace exitscope::reader
