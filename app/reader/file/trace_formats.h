// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "app/reader/file/trace_plan.h"

namespace exitscope::reader {

// The formats of tracepoints that a file holds, as the kernel's events/SYSTEM/NAME/format has them.
class TraceFormats {
public:
    // Throws ReadError where an event that matters cannot be understood.
    void add(const std::string &system, std::string_view format);
    // "system:name", sorted, each once.
    std::vector<std::string> names() const;
    bool has(EventKind kind) const;
    // By its number in the kernel that recorded it; null: there is no format of it.
    const TraceFormat *find(std::uint64_t id) const;
    const TracePlan *plan(std::uint64_t id); // so too; made when first asked for
    // common_type, common_pid, …; none without any format.
    TraceSlot common(const char *name) const;

private:
    std::map<std::uint64_t, TraceFormat> m_formats; // by number
    std::unordered_map<std::uint64_t, TracePlan> m_plans;
};

} // namespace exitscope::reader
