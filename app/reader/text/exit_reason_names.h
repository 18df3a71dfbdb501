// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

// What tools print for the reason of a VM exit, as (isa, code): the names of resources/exit-reasons.csv, and others for
// the same codes.
namespace exitscope::reader {

struct ExitReason {
    std::uint8_t isa = 0; // as Record::isa; 0: the text does not tell
    std::uint64_t code = 0; // as the event has it: 32 bits, not extended by their sign

    bool operator==(const ExitReason &) const = default;
};

// "EPT_VIOLATION", "npf", "EXIT_NPF", "INVALID_STATE FAILED_VMENTRY", "0x30", "UNKNOWN (48)". None: no such reason.
std::optional<ExitReason> exitReasonOf(std::string_view text);

} // namespace exitscope::reader
