// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exitscope::reader {

// Where the raw bytes of a tracepoint have a value, by the format that the kernel gave of it.
struct TraceSlot {
    enum class Type : std::uint8_t {
        None,
        Unsigned,
        Signed,
        Text, // a char array; without size: up to the end of the event
        TextAt, // 16 bits offset in the event, 16 bits size of the text (__data_loc)
        TextBehind, // the same from behind the slot (__rel_loc)
    };
    Type type = Type::None;
    std::uint32_t offset = 0; // bytes
    std::uint32_t size = 0;

    explicit operator bool() const { return type != Type::None; }
    bool isInteger() const { return type == Type::Unsigned || type == Type::Signed; }
    bool isText() const { return *this && !isInteger(); }
};

inline constexpr std::uint32_t kTextLocationBytes = 4; // of a __data_loc or __rel_loc

// What the tracing data of the kernel begin with: those of a trace.dat and of a perf.data.
inline constexpr std::string_view kTracingMagic("\x17\x08\x44tracing");

// How a field is shown.
struct TraceShape {
    bool isAddress = false; // a pointer or a long without sign: shown in hex, as the kernel's tools do it
    bool isSigned = false;
    bool isCharacters = false; // an array of what can be a text
    std::uint32_t elements = 0; // of an array of a size that the format tells; 0: it is none
    enum class Place : std::uint8_t { Here, At, Behind } place{}; // as TraceSlot::TextAt and TextBehind
};

struct TraceField {
    std::string name;
    TraceSlot slot;
    TraceShape shape{};
};

// What the kernel's events/SYSTEM/NAME/format tells of a tracepoint, but for how it would be printed.
struct TraceFormat {
    std::string name; // "system:name"
    std::uint32_t id = 0;
    std::vector<TraceField> common; // common_type, common_pid, …: the same for all tracepoints of a kernel
    std::vector<TraceField> fields;
};

// None where the text is no such format.
std::optional<TraceFormat> parseTraceFormat(const std::string &system, std::string_view text);

// None where there is no such field, or it is no number and no text.
TraceSlot findSlot(const std::vector<TraceField> &fields, std::string_view name);

} // namespace exitscope::reader
