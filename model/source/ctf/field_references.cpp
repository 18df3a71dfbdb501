// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/field_references.h"

#include <limits>
#include <utility>

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

std::string text(const std::vector<std::string> &path)
{
    std::string result;
    for (const std::string &name : path)
        result += (result.empty() ? "" : ".") + name;
    return result;
}

} // namespace

FieldKey FieldReferences::rootKey(Scope scope, std::uint64_t event)
{
    const bool isOfEvent = scope == Scope::SpecificContext || scope == Scope::Payload;
    return {static_cast<std::uint64_t>(scope), isOfEvent ? event : 0};
}

std::optional<std::uint16_t> FieldReferences::find(const std::map<FieldKey, std::uint16_t> &in, const FieldKey &key)
{
    const auto found = in.find(key);
    return found != in.end() ? std::optional(found->second) : std::nullopt;
}

bool FieldReferences::asksSigned(const FieldKey &key) const
{
    const auto found = m_signed.find(key);
    return found != m_signed.end() && found->second;
}

void FieldReferences::add(Scope scope, std::uint64_t event, const Scopes &scopes)
{
    const FieldClass *root = scopes[static_cast<std::size_t>(scope)];
    if (!root)
        return;
    m_scopes = scopes;
    m_event = event;
    m_around.clear();
    walk(*root, rootKey(scope, event));
}

void FieldReferences::walk(const FieldClass &field, const FieldKey &key)
{
    if (field.kind == Kind::Sequence || field.kind == Kind::Variant || field.kind == Kind::Optional)
        ask(field.location, key);
    if (field.kind == Kind::Structure) {
        m_around.push_back({&field, key, 0});
        for (std::size_t i = 0; i < field.members.size(); ++i) {
            m_around.back().before = i;
            walk(*field.members[i].type, childKey(key, i));
        }
        m_around.pop_back();
    }
    for (std::size_t i = 0; i < field.options.size(); ++i)
        walk(*field.options[i].type, childKey(key, i));
    if (field.element)
        walk(*field.element, childKey(key, 0));
}

void FieldReferences::ask(const FieldLocation &location, const FieldKey &asker)
{
    const Found found = locate(location);
    const bool isInteger
        = found.field && (found.field->kind == Kind::Integer || found.field->kind == Kind::VariableInteger);
    if (!isInteger)
        throw CtfError("metadata: no integer \"" + text(location.path) + "\" before the field that needs it");
    if (m_count == std::numeric_limits<std::uint16_t>::max())
        throw CtfError("metadata: too many lengths and selectors");
    const auto [kept, isNew] = m_stored.try_emplace(found.key, static_cast<std::uint16_t>(m_count));
    m_count += isNew ? 1 : 0;
    m_asked[asker] = kept->second;
    m_signed[asker] = found.field->isSigned;
}

FieldReferences::Found FieldReferences::locate(const FieldLocation &location)
{
    if (location.path.empty())
        return {};
    if (location.scope) {
        const FieldClass *root = m_scopes[static_cast<std::size_t>(*location.scope)];
        return root ? descend(*root, rootKey(*location.scope, m_event), location.path, 0, root->members.size())
                    : Found{};
    }
    for (auto around = m_around.rbegin(); around != m_around.rend(); ++around) {
        Found found = descend(*around->structure, around->key, location.path, 0, around->before);
        if (found.field)
            return found;
    }
    return {};
}

FieldReferences::Found FieldReferences::descend(const FieldClass &structure, const FieldKey &key,
    const std::vector<std::string> &path, std::size_t from, std::size_t before)
{
    for (std::size_t i = 0; i < before; ++i) {
        constexpr std::size_t kMost = 1u << 24;
        if (++m_compared > kMost)
            throw CtfError("metadata: too many lengths and selectors");
        const Member &member = structure.members[i];
        if (member.original != path[from])
            continue;
        if (from + 1 == path.size())
            return {member.type.get(), childKey(key, i)};
        if (member.type->kind != Kind::Structure)
            return {};
        return descend(*member.type, childKey(key, i), path, from + 1, member.type->members.size());
    }
    return {};
}

} // namespace exitscope::ctf
