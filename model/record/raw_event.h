// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/record/record.h"

namespace exitscope {

// Where a field of an event stands, in the order in which they are told.
enum class RawPart : std::uint8_t { PacketContext, CommonContext, SpecificContext, Payload };
inline constexpr int kRawParts = 4;

struct RawField {
    RawPart part{};
    bool isText = false; // `value` is the text itself; else it is as babeltrace2 prints it: "12", "0x1F", "{ a = 1 }"
    std::string_view name;
    std::string_view value;
};

// All fields of an event, in one piece of memory: lists hold many events. Names and values hold no zero byte; what
// follows one is left out.
class RawFields {
public:
    // A structure begins, which may stay empty. What add() adds is of it.
    void begin(RawPart part);
    void add(std::string_view name, std::string_view value, bool isText);

    std::vector<RawPart> parts() const;
    std::vector<RawField> fields() const; // views into this

    const std::string &bytes() const { return m_bytes; }
    // What bytes() gave; none if it is not in order.
    static std::optional<RawFields> ofBytes(std::string bytes);

    bool operator==(const RawFields &) const = default;

private:
    std::string m_bytes;
};

// An event as its trace recorded it.
struct RawEvent {
    Ns timeNs = 0; // on the trace's own clock, from its origin
    std::int32_t pcpu = kNoPcpu;
    std::int32_t tid = kNoThread; // as a context tells it
    std::string name;
    RawFields fields;
};

// A text in quotes, with what is not to be printed written out, as babeltrace2 does it.
std::string quotedText(std::string_view text);
// "{ cpu_id = 1 }, { tid = 241 }, { vcpu_id = 0 }": as babeltrace2 prints an event behind its name.
std::string fieldsText(const RawFields &fields);

} // namespace exitscope
