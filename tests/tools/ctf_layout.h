// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "tests/tools/event.h"

// How each tracer names an event and which fields it records. Metadata and bytes are both written from this.
namespace exitscope::testing {

enum class Tracer : std::uint8_t {
    Lttng, // kvm_x86_entry
    OldLttng, // kvm_entry
    Perf, // kvm:kvm_entry, as `perf data convert --to-ctf` writes it
};

// What is recorded beside the fields that always are; an event that lacks one of them cannot be written.
struct RecordedFields {
    bool tid = true; // contexts; perf: fields of every event
    bool pid = true;
    bool procname = true;
    bool entryVcpuId = true;
    bool exitVcpuId = true;
    bool isa = true;
    bool intrInfo = true;
    // What only some kernels record.
    bool wideReason = false; // exit_reason has 64 bits
    bool newerFields = false; // requests in kvm_exit, the interruption in kvm_entry (Linux 6.14)
};

enum class FieldType : std::uint8_t { S32, U32, S64, U64, Hex64, Text16, Sequence };
struct Field {
    std::string_view name;
    FieldType type = FieldType::U32;
    std::int64_t Event::*number = nullptr; // neither: 0
    std::string Event::*text = nullptr;
};

// Throws std::invalid_argument if the tracer has no such event.
std::string recordedName(const Event &event, Tracer tracer);
std::vector<Field> payloadOf(const Event &event, Tracer tracer, const RecordedFields &recorded);
std::vector<Field> contextOf(Tracer tracer, const RecordedFields &recorded);

// "integer { … } _reason;"
std::string declaration(const Field &field, Tracer tracer);

} // namespace exitscope::testing
