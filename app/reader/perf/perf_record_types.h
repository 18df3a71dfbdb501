// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

// What perf itself writes beside the records of the kernel (tools/lib/perf/include/perf/event.h of Linux, which is not
// installed anywhere).
namespace exitscope::reader::perf {

inline constexpr std::uint32_t kHeaderAttr = 64;
inline constexpr std::uint32_t kTracingData = 66;
inline constexpr std::uint32_t kFinishedRound = 68;
inline constexpr std::uint32_t kIdIndex = 69;
inline constexpr std::uint32_t kAuxtrace = 71;
inline constexpr std::uint32_t kCompressed = 81;
inline constexpr std::uint32_t kCompressed2 = 83;

// Of a LOST_SAMPLES record: a filter took them, so they are no loss.
inline constexpr std::uint16_t kFiltered = 1u << 15;

inline constexpr unsigned kFeatures = 256; // bits in a file's head
inline constexpr unsigned kTracingDataFeature = 1;
inline constexpr unsigned kDirectoryFeature = 24;

inline constexpr std::size_t kHeaderBytes = 8; // of each record: type, misc, size

} // namespace exitscope::reader::perf
