// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "model/record/event_fields.h"
#include "model/source/ctf/trace_class.h"

// How the packets and events of a stream are read: compiled once from what the metadata says, so that nothing is looked
// up by name and what is not wanted is skipped in one step.
namespace exitscope::ctf {

// Where a number goes that is read.
struct Target {
    enum class What : std::uint8_t {
        Register, // for lengths and selectors behind it
        Role,
        Tid,
        Pid,
        Number, // EventTold::numbers
        Cpu, // cpu_id of the packet
    };
    What what = What::Register;
    std::uint16_t index = 0; // register, Role or place
};

// A text goes to that place of EventTold::texts, or is the procname.
inline constexpr std::uint8_t kProcname = field::kMost;

// How a number is read: in one step where it lies on a border of bytes, little end first.
enum class Load : std::uint8_t { Bits, Byte, Half, Word, Double };

struct NumberRead {
    std::uint32_t offset = 0; // bits from the begin of the step
    std::uint8_t bits = 0;
    Load load = Load::Bits;
    bool isSigned = false;
    ByteOrder byteOrder = ByteOrder::Little;
    bool isReason = false; // one of 32 bits is not extended by its sign
    Target target;
};

struct BytesRead {
    std::uint32_t offset = 0; // bytes from the begin of the step
    std::uint32_t length = 0; // bytes
    bool isUuid = false; // else a text
    std::uint8_t text = 0;
};

struct Branch {
    std::vector<Range> selectedBy;
    std::size_t program = 0;
};

struct Step {
    enum class Kind : std::uint8_t {
        Run, // bits of fixed length, from an aligned place on
        VariableInteger,
        String,
        Elements, // as many of `bits` each as the register says
        Loop, // the first branch, as often as the register or `count` says
        Select, // the branch that the register selects
        Maybe, // the branch that the register selects, if it does
    };
    Kind kind = Kind::Run;
    std::uint32_t alignment = 1; // bits
    std::uint64_t bits = 0; // of a Run, or of one element; those of a Loop take at least so many
    std::vector<NumberRead> numbers; // of a Run; of a VariableInteger their targets
    std::vector<BytesRead> bytes; // of a Run
    std::optional<std::uint8_t> text; // of a String, or Elements of 8 bits
    std::optional<std::uint16_t> selector; // register
    bool isSigned = false; // the selector, or the variable integer
    std::uint64_t count = 0;
    std::vector<Branch> branches;
};
using Program = std::vector<Step>;

// Where event headers of one form have fixed length: an id, by which one knows them, and a time behind it.
struct UsualHeader {
    std::uint32_t alignment = 0; // bits; 0: there is no such form
    std::uint64_t bits = 0;
    NumberRead id;
    Range ids; // of this form
    std::optional<std::uint16_t> idRegister;
    NumberRead time;
};

// Which structure of an event a field is in, and which member it is.
struct FieldPosition {
    FieldPlace place = FieldPlace::Payload;
    std::uint32_t member = 0;
    bool isThere = false;

    explicit operator bool() const { return isThere; }
};

struct EventLayout {
    const EventClass *eventClass = nullptr;
    EventPlan<FieldPosition> plan;
    std::uint32_t kinds = 0; // Richness bits
    std::size_t program = 0; // contexts and payload
    std::optional<std::uint64_t> fixedBits; // of these, if it is always so many, from where the stream's contexts begin
    bool isOfContext = false; // what it tells of its thread is in the contexts that all events of the stream have
};

// Keys of fields: scope, event class where the scope is an event's own, then the members down to it.
using FieldKey = std::vector<std::uint64_t>;

inline FieldKey childKey(const FieldKey &key, std::uint64_t member)
{
    FieldKey child = key;
    child.push_back(member);
    return child;
}

struct StreamLayout {
    std::shared_ptr<const TraceClass> trace;
    const StreamClass *stream = nullptr;
    const ClockClass *clock = nullptr;
    std::vector<Program> programs;
    std::size_t packetContext = 0;
    std::size_t eventHeader = 0;
    UsualHeader usualHeader; // a quicker way to read most of them
    std::size_t registers = 0;
    std::map<FieldKey, std::uint16_t> selectors; // registers, by the field that asks
    std::map<FieldKey, std::uint16_t> stored; // by the field that answers
    std::set<FieldKey> signedSelectors; // fields that ask a signed one
    std::uint32_t contextAlignment = 1; // bits; of the contexts that all events have
    std::optional<std::uint64_t> contextBytes; // their length, if it is always the same
    bool hasPacketContext = false;
    bool packetsSetClock = false; // so that any of them can be read without those before
    bool countsLostEvents = false;
    bool countsPackets = false;
    bool hasEventId = false;

    const EventLayout *event(std::uint64_t id) const
    {
        if (id < dense.size())
            return dense[id].eventClass ? &dense[id] : nullptr;
        const auto found = sparse.find(id);
        return found != sparse.end() ? &found->second : nullptr;
    }
    std::vector<EventLayout> dense; // by id
    std::map<std::uint64_t, EventLayout> sparse;
};

struct TraceLayout {
    std::shared_ptr<const TraceClass> trace;
    std::vector<Program> programs;
    std::size_t packetHeader = 0;
    std::size_t registers = 0;
    bool hasMagic = false;
    bool hasStreamClassId = false;
};

// All throw CtfError where something is not understood.
TraceLayout compileTrace(std::shared_ptr<const TraceClass> trace);
StreamLayout compileStream(const TraceLayout &trace, const StreamClass &stream);

} // namespace exitscope::ctf
