// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// What the metadata of a CTF trace says of its streams, whether it is written as CTF 1.8 (TSDL) or as CTF 2 (JSON).
// Sizes and alignments are in bits.
namespace exitscope::ctf {

// What of a trace is not understood, or is damaged: one line, the first cause.
class CtfError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

enum class ByteOrder : std::uint8_t { Little, Big };

// Where a field lies in a packet, in the order in which they are read.
enum class Scope : std::uint8_t { PacketHeader, PacketContext, EventHeader, CommonContext, SpecificContext, Payload };
inline constexpr int kScopes = 6;

// What a field tells of the trace itself.
enum class Role : std::uint8_t {
    None,
    Magic, // of packets: 0xc1fc1fc1
    Uuid, // of the metadata
    StreamClassId,
    StreamId,
    PacketSize, // bits, with what is behind its content
    ContentSize, // bits, with header and context
    BeginTime, // of a packet, in cycles of the stream's clock
    EndTime,
    DiscardedEvents, // so far
    PacketNumber,
    EventClassId,
    Time, // sets the stream's clock; one of fewer than 64 bits gives its lower bits
};

struct FieldClass;
using FieldClassPtr = std::shared_ptr<const FieldClass>;

// Where the field is that tells a length or which option there is. Names as recorded (see Member::original).
struct FieldLocation {
    std::optional<Scope> scope; // none: in a structure around the field that asks, the innermost first
    std::vector<std::string> path; // of members, from the outside in
};

struct Member {
    std::string name; // as shown: without the underscore that CTF 1.8 puts in front
    std::string original; // as the metadata writes it
    FieldClassPtr type;
};

struct Range { // of the values of an integer; signed ones as their two's complement
    std::uint64_t lower = 0;
    std::uint64_t upper = 0;
};

struct Option { // of a variant
    std::string name;
    std::vector<Range> selectedBy;
    FieldClassPtr type;
};

struct FieldClass {
    enum class Kind : std::uint8_t {
        Integer, // fixed length; enumerations, booleans and bit arrays too
        VariableInteger, // CTF 2: LEB128
        Float,
        String, // up to and with a zero byte
        Structure,
        Array, // of `length` elements
        Sequence, // as many as the field at `location` says
        Variant, // the option that the field at `location` selects
        Optional, // there only if the field at `location` says so
    };
    Kind kind = Kind::Integer;
    unsigned alignment = 1; // 1, 2, 4, …; of structures: their own, and at least that of each member
    Role role = Role::None;

    // Integer, Float
    unsigned bits = 0; // 1 to 64
    bool isSigned = false; // of a VariableInteger, too
    ByteOrder byteOrder = ByteOrder::Little; // decides the order of bits, too
    std::uint8_t base = 10; // in which people are shown it: 2, 8, 10 or 16
    bool isCharacter = false; // UTF-8 or ASCII: an Array or Sequence of such, of 8 bits, is a text

    std::map<std::string, std::vector<Range>> labels; // of an enumeration

    std::vector<Member> members; // Structure
    FieldClassPtr element; // Array, Sequence, Optional
    std::uint64_t length = 0; // Array
    FieldLocation location; // Sequence, Variant, Optional
    std::vector<Option> options; // Variant
    std::vector<Range> presentBy; // Optional
    bool isText = false; // an Array or Sequence that is a text, as of CTF 2's static-length strings; see isCharacter
};

struct ClockClass {
    std::string name;
    std::string uuid; // canonical text, lower case; empty: none
    std::uint64_t frequency = 1'000'000'000; // Hz
    std::int64_t offsetSeconds = 0; // of its zero from the origin: these and
    std::uint64_t offsetCycles = 0; // these
};

struct EventClass {
    std::uint64_t id = 0;
    std::string name;
    FieldClassPtr specificContext; // a structure; null: none
    FieldClassPtr payload;
};

struct StreamClass {
    std::uint64_t id = 0;
    std::optional<std::size_t> clock; // place in TraceClass::clocks
    FieldClassPtr packetContext; // a structure; null: none
    FieldClassPtr eventHeader;
    FieldClassPtr commonContext;
    std::map<std::uint64_t, EventClass> events;
};

using EnvironmentValue = std::variant<std::string, std::int64_t>;

struct TraceClass {
    ByteOrder byteOrder = ByteOrder::Little;
    std::optional<std::array<std::uint8_t, 16>> uuid; // of the metadata, as packets repeat it
    std::string traceUuid; // canonical text of what identifies the trace; empty: none
    std::map<std::string, EnvironmentValue> environment;
    std::vector<ClockClass> clocks;
    FieldClassPtr packetHeader; // a structure; null: none
    std::map<std::uint64_t, StreamClass> streams;
};

} // namespace exitscope::ctf
