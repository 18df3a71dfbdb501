// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_class.h"

#include <algorithm>

#include "model/source/ctf/tsdl_lexer.h"

namespace exitscope::ctf {

namespace {

constexpr std::uint32_t kLargestDepth = 64;
constexpr std::uint64_t kLargestWeight = 1 << 20;
constexpr std::uint64_t kLargestCells = 1 << 22;

using Kind = FieldClass::Kind;

void addPart(TsdlClass &whole, const FieldClassPtr &type, std::uint32_t line)
{
    const TsdlClass &part = tsdlClass(type);
    if (part.clock && whole.clock && *part.clock != *whole.clock)
        failTsdl(line, "times of two clocks in one structure");
    if (part.clock)
        whole.clock = part.clock;
    whole.depth = std::max(whole.depth, part.depth + 1);
    whole.weight += part.weight;
    if (whole.kind == Kind::Structure)
        whole.cells += part.cells;
    else if (whole.kind == Kind::Variant)
        whole.cells = std::max(whole.cells, part.cells + 1);
    else if (whole.kind == Kind::Array)
        whole.cells += part.cells * whole.length;
    // Of variants, only the option that is there is aligned.
    if (whole.kind != Kind::Variant)
        whole.alignment = std::max(whole.alignment, part.alignment);
    // Parts are within the limits, and a sum of as many as there are in a text is no overflow.
    if (whole.depth > kLargestDepth || whole.weight > kLargestWeight || whole.cells > kLargestCells)
        failTsdl(line, "a type is too large");
}

bool isCharacter(const FieldClass &element)
{
    return element.kind == Kind::Integer && element.isCharacter && element.bits == 8 && element.alignment == 8;
}

void addElement(TsdlClass &made, std::uint32_t line)
{
    made.isText = isCharacter(*made.element);
    if (made.isText && isEnumeration(*made.element))
        failTsdl(line, "an array of characters with names");
    addPart(made, made.element, line);
}

} // namespace

const TsdlClass &tsdlClass(const FieldClassPtr &type)
{
    return static_cast<const TsdlClass &>(*type);
}

FieldClassPtr sealTsdl(TsdlClass made, std::uint32_t line)
{
    made.depth = 1;
    made.weight = 1;
    made.cells = 1;
    if (made.kind != Kind::Integer)
        made.clock.reset();
    for (const auto &[label, ranges] : made.labels)
        made.weight += ranges.size();
    for (const Member &member : made.members)
        addPart(made, member.type, line);
    for (const Option &option : made.options) {
        made.weight += option.selectedBy.size();
        addPart(made, option.type, line);
    }
    if (made.element)
        addElement(made, line);
    return std::make_shared<const TsdlClass>(std::move(made));
}

FieldClassPtr withParts(const FieldClassPtr &type, const TsdlChange &change)
{
    std::optional<TsdlClass> changed;
    const auto apply = [&](const FieldClassPtr &part, std::string_view name, const auto &place) {
        FieldClassPtr other = change(part, name);
        if (other == part)
            return;
        if (!changed)
            changed = tsdlClass(type);
        place(*changed) = std::move(other);
    };
    for (std::size_t at = 0; at < type->members.size(); ++at)
        apply(type->members[at].type, type->members[at].name,
            [at](TsdlClass &to) -> FieldClassPtr & { return to.members[at].type; });
    for (std::size_t at = 0; at < type->options.size(); ++at)
        apply(type->options[at].type, type->options[at].name,
            [at](TsdlClass &to) -> FieldClassPtr & { return to.options[at].type; });
    if (type->element)
        apply(type->element, {}, [](TsdlClass &to) -> FieldClassPtr & { return to.element; });
    return changed ? sealTsdl(std::move(*changed), 0) : type;
}

} // namespace exitscope::ctf
