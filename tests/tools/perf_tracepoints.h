// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tests/tools/ctf_writer.h"

namespace exitscope::testing {

// The number in the kernel of "kvm:kvm_entry", "kvm:kvm_exit", "kvm:kvm_fpu" and "sched:sched_switch"; none of others.
std::optional<std::uint16_t> perfNumber(std::string_view name);
// What the kernel's events/SYSTEM/NAME/format says of one of these.
std::string perfFormat(std::string_view name);

// The raw bytes of tracepoints, as these formats lay them out.
class PerfRaw {
public:
    explicit PerfRaw(ByteOrder order = ByteOrder::Little) : m_order(order) { }
    std::string entry(std::int32_t tid, std::uint32_t vcpu) const;
    std::string exit(std::int32_t tid, std::uint32_t reason, std::uint64_t rip, std::uint32_t vcpu) const; // of SVM
    std::string fpu(std::int32_t tid, std::uint32_t load) const;
    std::string switched(std::int32_t from, const std::string &fromName, std::int64_t state, std::int32_t to,
        const std::string &toName) const;

private:
    std::string tracepoint(std::uint16_t number, std::int32_t tid, const std::string &fields) const;

    ByteOrder m_order;
};

} // namespace exitscope::testing
