// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_resolver.h"

#include <algorithm>

#include "model/source/ctf/tsdl_class.h"
#include "model/source/ctf/tsdl_lexer.h"

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

constexpr std::size_t kNoPart = ~std::size_t{0};
constexpr std::size_t kMostRanges = 1 << 22;

std::string pathText(const FieldLocation &location)
{
    std::string text;
    for (const std::string &part : location.path)
        text += (text.empty() ? "" : ".") + part;
    return quotedTsdl(text);
}

} // namespace

FieldClassPtr TsdlResolver::resolved(Scope scope, const FieldClassPtr &root)
{
    FieldClassPtr &place = m_scopes[static_cast<std::size_t>(scope)];
    // The contexts and fields of another event, or of another stream, are no longer there.
    std::fill(m_scopes.begin() + static_cast<std::ptrdiff_t>(scope), m_scopes.end(), nullptr);
    if (!root)
        return nullptr;
    m_scope = scope;
    place = root;
    place = visited(root);
    return place;
}

FieldClassPtr TsdlResolver::visited(const FieldClassPtr &type)
{
    if (type->kind == Kind::Variant)
        return visitedParts(withRanges(type), type);
    if (type->kind == Kind::Sequence) {
        const FieldClassPtr length = target(type->location);
        if (length->kind != Kind::Integer || length->isSigned)
            failTsdl(0, "the length " + pathText(type->location) + " is no integer without a sign");
    }
    return type->kind == Kind::Structure || type->element ? visitedParts(type, type) : type;
}

FieldClassPtr TsdlResolver::visitedParts(const FieldClassPtr &type, const FieldClassPtr &asWritten)
{
    m_frames.push_back({asWritten, 0});
    FieldClassPtr changed = withParts(type, [this](const FieldClassPtr &part, std::string_view) {
        FieldClassPtr other = visited(part);
        ++m_frames.back().part;
        return other;
    });
    m_frames.pop_back();
    return changed;
}

FieldClassPtr TsdlResolver::withRanges(const FieldClassPtr &variant)
{
    if (variant->location.path.empty())
        failTsdl(0, "a variant has no tag");
    const FieldClassPtr tag = target(variant->location);
    if (tag->kind != Kind::Integer || !isEnumeration(*tag))
        failTsdl(0, "the tag " + pathText(variant->location) + " is no enumeration");
    TsdlClass changed = tsdlClass(variant);
    for (Option &option : changed.options) {
        if (const auto label = tag->labels.find(option.name); label != tag->labels.end())
            option.selectedBy = label->second;
        m_ranges += option.selectedBy.size();
        if (m_ranges > kMostRanges)
            failTsdl(0, "there are too many options");
        if (option.name.starts_with('_'))
            option.name.erase(0, 1);
    }
    return sealTsdl(std::move(changed), 0);
}

FieldClassPtr TsdlResolver::target(const FieldLocation &location)
{
    const Target found = location.scope ? targetInScope(location) : targetAround(location);
    if (location.scope.value_or(m_scope) == m_scope && !isReadBefore(found))
        failTsdl(0, "the field " + pathText(location) + " is not in front of what asks for it");
    return found.type;
}

TsdlResolver::Target TsdlResolver::targetInScope(const FieldLocation &location)
{
    Target found;
    found.type = m_scopes[static_cast<std::size_t>(*location.scope)];
    if (*location.scope > m_scope || !found.type)
        failTsdl(0, "the field " + pathText(location) + " is in a scope that is not there yet");
    descend(found, location.path);
    return found;
}

// The innermost structure that has the first name at all must be the one: readers differ in what they do with one
// that has it behind the field that asks.
TsdlResolver::Target TsdlResolver::targetAround(const FieldLocation &location)
{
    for (std::size_t depth = m_frames.size(); depth-- > 0;) {
        const FieldClassPtr &around = m_frames[depth].type;
        if (partAt(around, location.path.front()) == kNoPart)
            continue;
        if (around->kind == Kind::Variant)
            failTsdl(0, "the field " + pathText(location) + " is an option of a variant");
        Target found;
        for (std::size_t outer = 0; outer < depth; ++outer)
            found.parts.push_back(m_frames[outer].part);
        found.type = around;
        descend(found, location.path);
        return found;
    }
    failTsdl(0, "there is no field " + pathText(location));
}

void TsdlResolver::descend(Target &from, const std::vector<std::string> &path)
{
    for (const std::string &name : path) {
        const std::size_t at = from.type->kind == Kind::Structure ? partAt(from.type, name) : kNoPart;
        if (at == kNoPart)
            failTsdl(0, "there is no field " + quotedTsdl(name) + " where one is asked for");
        from.parts.push_back(at);
        from.type = FieldClassPtr(from.type->members[at].type);
    }
}

bool TsdlResolver::isReadBefore(const Target &target) const
{
    const std::size_t common = std::min(target.parts.size(), m_frames.size());
    for (std::size_t at = 0; at < common; ++at)
        if (target.parts[at] != m_frames[at].part)
            return target.parts[at] < m_frames[at].part;
    return false; // one of them is around the other
}

std::size_t TsdlResolver::partAt(const FieldClassPtr &type, const std::string &name)
{
    const auto [known, isNew] = m_places.try_emplace(type);
    Places &places = known->second;
    for (std::size_t at = 0; isNew && at < type->members.size(); ++at)
        places.emplace(type->members[at].original, at);
    for (std::size_t at = 0; isNew && at < type->options.size(); ++at)
        places.emplace(type->options[at].name, at);
    const auto found = places.find(name);
    return found == places.end() ? kNoPart : found->second;
}

} // namespace exitscope::ctf
