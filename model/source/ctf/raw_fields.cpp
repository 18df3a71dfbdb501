// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/raw_fields.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdio>
#include <string>

#include "model/source/ctf/bits.h"
#include "model/source/ctf/field_references.h"
#include "model/source/ctf/program_builder.h"

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

bool isString(const FieldClass &field)
{
    return field.kind == Kind::String || (holdsBytes(field) && (field.isText || field.element->isCharacter));
}

bool tellsOfPacket(Role role)
{
    switch (role) {
    case Role::PacketSize:
    case Role::ContentSize:
    case Role::BeginTime:
    case Role::EndTime:
    case Role::DiscardedEvents:
    case Role::PacketNumber:
        return true;
    default:
        return false;
    }
}

std::string shownDigits(std::uint64_t value, int base)
{
    char text[72];
    std::string shown(text, std::to_chars(text, std::end(text), value, base).ptr);
    for (char &c : shown)
        c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    return shown;
}

// In bases other than ten a negative number is shown by its bits, of whole digits.
std::string numberText(const FieldClass &field, std::uint64_t value)
{
    const unsigned bits = field.kind == Kind::Integer ? field.bits : 64;
    const auto low = [&](unsigned count) { return count < 64 ? value & ((std::uint64_t{1} << count) - 1) : value; };
    switch (field.base) {
    case 16:
        return "0x" + shownDigits(low((bits + 3) / 4 * 4), 16);
    case 8:
        return "0" + shownDigits(field.isSigned ? low((bits + 2) / 3 * 3) : value, 8);
    case 2: {
        const std::string shown = shownDigits(low(bits), 2);
        return "0b" + std::string(bits - std::min<std::size_t>(bits, shown.size()), '0') + shown;
    }
    default:
        return field.isSigned ? std::to_string(static_cast<std::int64_t>(value)) : std::to_string(value);
    }
}

std::string labelsText(const FieldClass &field, std::uint64_t value)
{
    std::string text;
    for (const auto &[label, ranges] : field.labels)
        if (isIn(ranges, value, field.isSigned))
            text += (text.empty() ? "" : ", ") + quotedText(label);
    return text.empty() ? "<unknown>" : text;
}

// Goes through the fields of one event, or of the context of one packet.
class FieldTeller {
public:
    FieldTeller(const StreamLayout &stream, PacketBits bits)
        : m_stream(stream), m_bits(bits), m_registers(stream.registers)
    {
    }

    void skip(const FieldClassPtr &fields, Scope scope) // for the lengths and selectors in it
    {
        if (fields)
            tell(*fields, FieldReferences::rootKey(scope, 0));
    }

    void add(const FieldClassPtr &fields, Scope scope, std::uint64_t event, RawPart part, RawFields &to)
    {
        if (!fields)
            return;
        const FieldKey key = FieldReferences::rootKey(scope, event);
        to.begin(part);
        align(m_bits, fields->alignment);
        for (std::size_t i = 0; i < fields->members.size(); ++i) {
            const Member &member = fields->members[i];
            const bool isOwn = part != RawPart::PacketContext || !tellsOfPacket(member.type->role);
            const bool isText = isString(*member.type);
            const std::string value
                = isText ? string(*member.type, childKey(key, i)) : tell(*member.type, childKey(key, i));
            if (isOwn)
                to.add(member.name, value, isText);
        }
    }

private:
    std::string tell(const FieldClass &field, const FieldKey &key)
    {
        spend(1);
        if (isString(field))
            return quotedText(string(field, key));
        align(m_bits, field.alignment);
        require(m_bits, 0);
        switch (field.kind) {
        case Kind::Integer:
        case Kind::VariableInteger:
            return integer(field, key);
        case Kind::Float:
            return number(field);
        case Kind::Structure:
            return structure(field, key);
        case Kind::Array:
        case Kind::Sequence:
            return elements(field, key);
        case Kind::Variant:
        case Kind::Optional:
            return choice(field, key);
        case Kind::String:
            break; // told above
        }
        return {};
    }

    std::uint64_t value(const FieldClass &field)
    {
        if (field.kind == Kind::VariableInteger)
            return variable(field);
        require(m_bits, field.bits);
        const std::uint64_t value = readUnsigned(m_bits.data, m_bits.at, field.bits, field.byteOrder);
        m_bits.at += field.bits;
        return field.isSigned ? signExtended(value, field.bits) : value;
    }

    std::uint64_t variable(const FieldClass &field)
    {
        // A program of one field reads it as the event's own does.
        std::vector<Program> programs(1);
        Step step;
        step.kind = Step::Kind::VariableInteger;
        step.alignment = std::max(8u, field.alignment);
        step.isSigned = field.isSigned;
        NumberRead read;
        read.bits = 64;
        read.isSigned = field.isSigned;
        read.target = {Target::What::Number, 0};
        step.numbers.push_back(read);
        programs.front().push_back(std::move(step));
        FieldReader reader(0);
        reader.read(programs, 0, m_bits);
        return static_cast<std::uint64_t>(reader.told().numbers.front());
    }

    std::string integer(const FieldClass &field, const FieldKey &key)
    {
        const std::uint64_t own = value(field);
        if (const auto kept = m_stream.stored.find(key); kept != m_stream.stored.end())
            m_registers[kept->second] = own;
        if (field.labels.empty())
            return numberText(field, own);
        return "( " + labelsText(field, own) + " : container = " + numberText(field, own) + " )";
    }

    std::string number(const FieldClass &field)
    {
        require(m_bits, field.bits);
        const std::uint64_t value = readUnsigned(m_bits.data, m_bits.at, field.bits, field.byteOrder);
        m_bits.at += field.bits;
        const double own = field.bits == 32
            ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(value)))
            : std::bit_cast<double>(value);
        char text[32];
        std::snprintf(text, sizeof text, "%g", own);
        return text;
    }

    // Up to its zero, where it has one.
    std::string string(const FieldClass &field, const FieldKey &key)
    {
        align(m_bits, std::max(8u, field.alignment));
        require(m_bits, 0);
        const std::uint64_t count = field.kind == Kind::String ? 0 : countOf(field, key);
        const std::string_view rest(
            reinterpret_cast<const char *>(m_bits.data + m_bits.at / 8), (m_bits.end - m_bits.at) / 8);
        if (field.kind != Kind::String) {
            if (count > rest.size())
                failBehindEnd();
            m_bits.at += 8 * count;
            return std::string(rest.substr(0, std::min<std::size_t>(rest.find('\0'), count)));
        }
        const std::size_t length = rest.find('\0');
        if (length == std::string_view::npos)
            failBehindEnd();
        m_bits.at += 8 * (length + 1);
        return std::string(rest.substr(0, length));
    }

    std::string structure(const FieldClass &field, const FieldKey &key)
    {
        std::string text = "{";
        for (std::size_t i = 0; i < field.members.size(); ++i) {
            const Member &member = field.members[i];
            text += (i == 0 ? " " : ", ") + member.name + " = " + tell(*member.type, childKey(key, i));
            spend(text.size());
        }
        return text + " }";
    }

    std::uint64_t countOf(const FieldClass &field, const FieldKey &key) const
    {
        return field.kind == Kind::Array ? field.length : m_registers[m_stream.selectors.at(key)];
    }

    std::string elements(const FieldClass &field, const FieldKey &key)
    {
        const std::uint64_t count = countOf(field, key);
        if (count > m_bits.end - m_bits.at + 1) // each takes a bit, or nothing at all
            failBehindEnd();
        std::string text = "[";
        for (std::uint64_t i = 0; i < count; ++i)
            text += (i == 0 ? " [" : ", [") + std::to_string(i) + "] = " + tell(*field.element, childKey(key, 0));
        spend(text.size());
        return text + " ]";
    }

    std::string choice(const FieldClass &field, const FieldKey &key)
    {
        const std::uint64_t selector = m_registers[m_stream.selectors.at(key)];
        const bool isSigned = m_stream.signedSelectors.contains(key);
        if (field.kind == Kind::Optional)
            return isIn(field.presentBy, selector, isSigned) ? tell(*field.element, childKey(key, 0)) : "<none>";
        for (std::size_t i = 0; i < field.options.size(); ++i)
            if (isIn(field.options[i].selectedBy, selector, isSigned))
                return "{ " + tell(*field.options[i].type, childKey(key, i)) + " }";
        throw CtfError("a variant of it is of no kind that the metadata knows");
    }

    // Elements may take no bits, and arrays may nest.
    void spend(std::size_t count)
    {
        constexpr std::size_t kMost = 1u << 24;
        m_spent += count;
        if (m_spent > kMost)
            throw CtfError("an event of it is too large to be shown");
    }

    const StreamLayout &m_stream;
    PacketBits m_bits;
    std::vector<std::uint64_t> m_registers;
    std::size_t m_spent = 0; // fields and bytes of text
};

} // namespace

RawFields packetFields(const StreamData &stream, const Packet &packet)
{
    const TraceLayout &trace = stream.trace().layout();
    PacketBits bits{stream.bytesOf(packet), packet.contentBits, 0};
    FieldReader header(trace.registers);
    header.read(trace.programs, trace.packetHeader, bits);
    RawFields fields;
    FieldTeller teller(stream.layout(), bits);
    teller.add(stream.layout().stream->packetContext, Scope::PacketContext, 0, RawPart::PacketContext, fields);
    return fields;
}

void addEventFields(const StreamLayout &stream, const EventInPacket &event, RawFields &fields)
{
    const EventClass &eventClass = *event.layout->eventClass;
    FieldTeller teller(stream, event.bits);
    teller.skip(stream.stream->eventHeader, Scope::EventHeader);
    teller.add(stream.stream->commonContext, Scope::CommonContext, 0, RawPart::CommonContext, fields);
    teller.add(eventClass.specificContext, Scope::SpecificContext, eventClass.id, RawPart::SpecificContext, fields);
    teller.add(eventClass.payload, Scope::Payload, eventClass.id, RawPart::Payload, fields);
}

} // namespace exitscope::ctf
