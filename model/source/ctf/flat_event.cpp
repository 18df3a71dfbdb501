// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/flat_event.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "model/source/ctf/bits.h"
#include "model/source/ctf/field_references.h"
#include "model/source/ctf/program_builder.h"

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

bool countsAsOwn(std::string_view name)
{
    return !name.starts_with("perf_") || name == "perf_tid" || name == "perf_pid";
}

bool isText(const FieldClass &field)
{
    return holdsBytes(field) && (field.isText || field.element->isCharacter);
}

class Flattener {
public:
    Flattener(const StreamLayout &stream, PacketBits bits, char side)
        : m_stream(stream), m_bits(bits), m_registers(stream.registers), m_side(side)
    {
    }

    void add(const FieldClassPtr &fields, Scope scope, std::uint64_t event, bool isTold)
    {
        m_isTold = isTold;
        if (fields)
            add(*fields, FieldReferences::rootKey(scope, event));
    }
    const std::string &text() const { return m_text; }

private:
    void add(const FieldClass &field, const FieldKey &key)
    {
        align(m_bits, field.alignment);
        require(m_bits, 0);
        put(static_cast<std::uint64_t>(field.kind) << 1 | (field.isSigned ? 1 : 0));
        switch (field.kind) {
        case Kind::Integer:
        case Kind::VariableInteger:
            addInteger(field, key);
            break;
        case Kind::Float:
            addFloat(field);
            break;
        case Kind::String:
            addString();
            break;
        case Kind::Structure:
            addStructure(field, key);
            break;
        case Kind::Array:
            addElements(field, key, field.length);
            break;
        case Kind::Sequence:
            addElements(field, key, m_registers[m_stream.selectors.at(key)]);
            break;
        case Kind::Variant:
        case Kind::Optional:
            addChoice(field, key);
            break;
        }
    }

    void addInteger(const FieldClass &field, const FieldKey &key)
    {
        // A program of one field reads it as the event's own does.
        std::vector<Program> programs(1);
        Step step;
        step.kind = field.kind == Kind::Integer ? Step::Kind::Run : Step::Kind::VariableInteger;
        step.alignment = field.kind == Kind::Integer ? field.alignment : std::max(8u, field.alignment);
        step.bits = field.bits;
        step.isSigned = field.isSigned;
        NumberRead read;
        read.bits = static_cast<std::uint8_t>(field.kind == Kind::Integer ? field.bits : 64);
        read.isSigned = field.isSigned;
        read.byteOrder = field.byteOrder;
        read.target = {Target::What::Number, 0};
        step.numbers.push_back(read);
        programs.front().push_back(std::move(step));
        FieldReader reader(0);
        reader.read(programs, 0, m_bits);
        const auto value = static_cast<std::uint64_t>(reader.told().numbers.front());
        put(value);
        if (const auto kept = m_stream.stored.find(key); kept != m_stream.stored.end())
            m_registers[kept->second] = value;
    }

    void addFloat(const FieldClass &field)
    {
        require(m_bits, field.bits);
        const std::uint64_t value = readUnsigned(m_bits.data, m_bits.at, field.bits, field.byteOrder);
        m_bits.at += field.bits;
        const double number = field.bits == 32
            ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(value)))
            : std::bit_cast<double>(value);
        put(number == 0 ? 0 : std::bit_cast<std::uint64_t>(number)); // both zeros are equal
        if (std::isnan(number))
            put(static_cast<std::uint64_t>(m_side));
    }

    void addString()
    {
        for (;;) {
            require(m_bits, 8);
            const auto c = static_cast<char>(m_bits.data[m_bits.at / 8]);
            m_bits.at += 8;
            putByte(c);
            if (c == '\0')
                return;
        }
    }

    void addStructure(const FieldClass &field, const FieldKey &key)
    {
        const bool wasTold = m_isTold;
        for (std::size_t i = 0; i < field.members.size(); ++i) {
            const Member &member = field.members[i];
            for (const char c : member.name)
                putByte(c);
            putByte('\0');
            m_isTold = wasTold && countsAsOwn(member.name);
            add(*member.type, childKey(key, i));
            m_isTold = wasTold;
        }
    }

    void addElements(const FieldClass &field, const FieldKey &key, std::uint64_t count)
    {
        const bool wasTold = m_isTold;
        if (!isText(field))
            put(count);
        require(m_bits, 0);
        if (count > m_bits.end - m_bits.at + 1)
            require(m_bits, m_bits.end + 1);
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t at = m_bits.at;
            add(*field.element, childKey(key, 0));
            // What is behind the end of a text is none of it.
            if (isText(field) && m_isTold && readUnsigned(m_bits.data, at, 8, ByteOrder::Little) == 0)
                m_isTold = false;
        }
        m_isTold = wasTold;
    }

    void addChoice(const FieldClass &field, const FieldKey &key)
    {
        const auto selector = m_stream.selectors.at(key);
        const std::uint64_t value = m_registers[selector];
        const bool isSigned = m_stream.signedSelectors.contains(key);
        if (field.kind == Kind::Optional) {
            const bool isThere = isIn(field.presentBy, value, isSigned);
            put(isThere ? 1 : 0);
            if (isThere)
                add(*field.element, childKey(key, 0));
            return;
        }
        for (std::size_t i = 0; i < field.options.size(); ++i) {
            if (!isIn(field.options[i].selectedBy, value, isSigned))
                continue;
            put(i);
            add(*field.options[i].type, childKey(key, i));
            return;
        }
        throw CtfError("a variant of it is of no kind that the metadata knows");
    }

    void put(std::uint64_t value)
    {
        for (int i = 0; i < 8; ++i)
            putByte(static_cast<char>(value >> (8 * i)));
    }
    void putByte(char c)
    {
        constexpr std::uint32_t kMost = 1u << 24;
        if (++m_size > kMost)
            throw CtfError("an event of it is too large to be compared with the one before it");
        if (m_isTold)
            m_text += c;
    }

    const StreamLayout &m_stream;
    PacketBits m_bits;
    std::vector<std::uint64_t> m_registers;
    char m_side;
    bool m_isTold = true;
    std::string m_text;
    std::uint32_t m_size = 0; // with what is not told
};

} // namespace

std::string flatFields(const StreamLayout &stream, const EventInPacket &event, char side)
{
    Flattener flat(stream, event.bits, side);
    const EventClass &eventClass = *event.layout->eventClass;
    flat.add(stream.stream->eventHeader, Scope::EventHeader, 0, false);
    flat.add(stream.stream->commonContext, Scope::CommonContext, 0, true);
    flat.add(eventClass.specificContext, Scope::SpecificContext, eventClass.id, true);
    flat.add(eventClass.payload, Scope::Payload, eventClass.id, true);
    return flat.text();
}

} // namespace exitscope::ctf
