// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/program_builder.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

constexpr std::uint64_t kMostBits = std::uint64_t{1} << 31; // of fields of fixed length in a row

Load loadOf(const FieldClass &field, std::uint32_t alignment, std::uint64_t offset)
{
    if (alignment < 8 || offset % 8 != 0 || field.byteOrder != ByteOrder::Little)
        return Load::Bits;
    switch (field.bits) {
    case 8:
        return Load::Byte;
    case 16:
        return Load::Half;
    case 32:
        return Load::Word;
    case 64:
        return Load::Double;
    default:
        return Load::Bits;
    }
}

} // namespace

bool holdsBytes(const FieldClass &field)
{
    return (field.kind == Kind::Array || field.kind == Kind::Sequence) && field.element->kind == Kind::Integer
        && field.element->bits == 8 && field.element->alignment == 8;
}

std::size_t ProgramBuilder::finish()
{
    m_programs.push_back(std::exchange(m_program, {}));
    return m_programs.size() - 1;
}

void ProgramBuilder::add(const FieldClass &field, const FieldKey &key)
{
    switch (field.kind) {
    case Kind::Integer:
        addNumber(field, key);
        break;
    case Kind::VariableInteger:
        addVariable(field, key);
        break;
    case Kind::Float:
        addSkipped(field);
        break;
    case Kind::String:
        addString(field, key);
        break;
    case Kind::Structure: {
        std::uint64_t offset = 0;
        run(field.alignment, 0, offset);
        for (std::size_t i = 0; i < field.members.size(); ++i)
            add(*field.members[i].type, childKey(key, i));
        break;
    }
    case Kind::Array:
    case Kind::Sequence:
        addElements(field, key);
        break;
    case Kind::Variant:
    case Kind::Optional:
        addChoice(field, key);
        break;
    }
}

// Where the field of `bits` begins, from the begin of the run that holds it. A run goes on as long as it is known where
// its next field begins.
Step &ProgramBuilder::run(std::uint32_t alignment, std::uint64_t bits, std::uint64_t &offset)
{
    Step *last = m_program.empty() || m_program.back().kind != Step::Kind::Run ? nullptr : &m_program.back();
    if (last && last->bits == 0)
        last->alignment = std::max(last->alignment, alignment);
    if (!last || alignment > last->alignment) {
        last = &m_program.emplace_back();
        last->alignment = alignment;
    }
    offset = (last->bits + alignment - 1) / alignment * alignment;
    if (bits > kMostBits || offset + bits > kMostBits)
        throw CtfError("metadata: it declares fields of more than 256 MB");
    last->bits = offset + bits;
    return *last;
}

std::vector<Target> ProgramBuilder::targetsOf(const FieldClass &field, const FieldKey &key) const
{
    std::vector<Target> targets = m_wanted.numbers ? m_wanted.numbers(key) : std::vector<Target>{};
    if (const auto place = m_references.stored(key))
        targets.push_back({Target::What::Register, *place});
    if (field.role != Role::None)
        targets.push_back({Target::What::Role, static_cast<std::uint16_t>(field.role)});
    return targets;
}

void ProgramBuilder::addNumber(const FieldClass &field, const FieldKey &key)
{
    std::uint64_t offset = 0;
    Step &step = run(field.alignment, field.bits, offset);
    for (const Target &target : targetsOf(field, key)) {
        NumberRead read;
        read.offset = static_cast<std::uint32_t>(offset);
        read.bits = static_cast<std::uint8_t>(field.bits);
        read.isSigned = field.isSigned;
        read.byteOrder = field.byteOrder;
        read.load = loadOf(field, step.alignment, offset);
        read.target = target;
        step.numbers.push_back(read);
    }
}

void ProgramBuilder::addVariable(const FieldClass &field, const FieldKey &key)
{
    Step &step = m_program.emplace_back();
    step.kind = Step::Kind::VariableInteger;
    step.alignment = std::max(8u, field.alignment);
    step.isSigned = field.isSigned;
    for (const Target &target : targetsOf(field, key)) {
        NumberRead read;
        read.isSigned = field.isSigned;
        read.bits = 64;
        read.target = target;
        step.numbers.push_back(read);
    }
}

void ProgramBuilder::addSkipped(const FieldClass &field)
{
    std::uint64_t offset = 0;
    run(field.alignment, field.bits, offset);
}

std::optional<std::uint8_t> ProgramBuilder::textOf(const FieldClass &field, const FieldKey &key) const
{
    auto text = m_wanted.text ? m_wanted.text(key) : std::nullopt;
    if (text && field.kind != Kind::String && !holdsBytes(field))
        throw CtfError("metadata: a name of characters that are no bytes");
    return text;
}

void ProgramBuilder::addString(const FieldClass &field, const FieldKey &key)
{
    Step &step = m_program.emplace_back();
    step.kind = Step::Kind::String;
    step.alignment = std::max(8u, field.alignment);
    step.text = textOf(field, key);
}

// Elements of one fixed length, with no gaps and nothing of interest inside, are skipped at once.
void ProgramBuilder::addElements(const FieldClass &field, const FieldKey &key)
{
    const std::size_t place = compile(*field.element, childKey(key, 0));
    const Program element = m_programs[place];
    const bool isPlain = element.size() == 1 && element.front().kind == Step::Kind::Run
        && element.front().numbers.empty() && element.front().bytes.empty()
        && element.front().bits % element.front().alignment == 0;
    if (isPlain && field.kind == Kind::Array) {
        addPlainArray(field, key, element.front());
        return;
    }
    if (!isPlain && textOf(field, key))
        throw CtfError("metadata: a name that is no text");
    if (!isPlain && (field.alignment > 1)) {
        std::uint64_t offset = 0;
        run(field.alignment, 0, offset);
    }
    Step &step = m_program.emplace_back();
    step.kind = isPlain ? Step::Kind::Elements : Step::Kind::Loop;
    step.count = field.length;
    if (field.kind == Kind::Sequence)
        select(step, key);
    if (isPlain) {
        step.alignment = std::max(field.alignment, element.front().alignment);
        step.bits = element.front().bits;
        step.text = textOf(field, key);
    } else {
        step.branches.push_back({{}, place});
    }
}

void ProgramBuilder::addPlainArray(const FieldClass &field, const FieldKey &key, const Step &element)
{
    if (element.bits != 0 && field.length > kMostBits / element.bits)
        throw CtfError("metadata: it declares an array of " + std::to_string(field.length) + " elements");
    const auto text = textOf(field, key);
    const bool isUuid = field.role == Role::Uuid;
    if (isUuid && (!holdsBytes(field) || field.length != 16))
        throw CtfError("metadata: a uuid that is not 16 bytes long");
    std::uint64_t offset = 0;
    Step &step = run(std::max(field.alignment, element.alignment), element.bits * field.length, offset);
    if (!text && !isUuid)
        return;
    BytesRead read;
    read.offset = static_cast<std::uint32_t>(offset / 8);
    read.length = static_cast<std::uint32_t>(field.length);
    read.isUuid = isUuid;
    read.text = text.value_or(0);
    step.bytes.push_back(read);
}

void ProgramBuilder::select(Step &step, const FieldKey &key) const
{
    step.selector = m_references.asked(key);
    step.isSigned = m_references.asksSigned(key);
    if (!step.selector)
        throw CtfError("metadata: a length or selector that is not there");
}

void ProgramBuilder::addChoice(const FieldClass &field, const FieldKey &key)
{
    Step step;
    step.kind = field.kind == Kind::Variant ? Step::Kind::Select : Step::Kind::Maybe;
    step.alignment = field.alignment;
    select(step, key);
    for (std::size_t i = 0; i < field.options.size(); ++i)
        step.branches.push_back({field.options[i].selectedBy, compile(*field.options[i].type, childKey(key, i))});
    if (field.kind == Kind::Optional)
        step.branches.push_back({field.presentBy, compile(*field.element, childKey(key, 0))});
    m_program.push_back(std::move(step));
}

std::size_t ProgramBuilder::compile(const FieldClass &field, const FieldKey &key)
{
    ProgramBuilder builder(m_programs, m_references, m_wanted);
    builder.add(field, key);
    return builder.finish();
}

} // namespace exitscope::ctf
