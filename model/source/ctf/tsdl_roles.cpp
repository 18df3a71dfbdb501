// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_roles.h"

#include <algorithm>
#include <array>
#include <string>

#include "model/source/ctf/tsdl_class.h"
#include "model/source/ctf/tsdl_lexer.h"

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

struct NamedRole {
    std::string_view name;
    Role role;
};

constexpr std::array<NamedRole, 3> kHeaderRoles{{
    {"magic", Role::Magic},
    {"stream_id", Role::StreamClassId},
    {"stream_instance_id", Role::StreamId},
}};

constexpr std::array<NamedRole, 6> kContextRoles{{
    {"timestamp_begin", Role::BeginTime},
    {"timestamp_end", Role::EndTime},
    {"events_discarded", Role::DiscardedEvents},
    {"packet_seq_num", Role::PacketNumber},
    {"packet_size", Role::PacketSize},
    {"content_size", Role::ContentSize},
}};

bool isTime(Role role)
{
    return role == Role::BeginTime || role == Role::EndTime;
}

FieldClassPtr withRole(const FieldClassPtr &type, Role role, std::string_view name)
{
    TsdlClass changed = tsdlClass(type);
    if (changed.kind != Kind::Integer || changed.isSigned)
        failTsdl(0, "the field " + quotedTsdl(name) + " is no integer without a sign");
    if (changed.clock && !isTime(role))
        failTsdl(0, "the field " + quotedTsdl(name) + " is a time");
    changed.role = role;
    return sealTsdl(std::move(changed), 0);
}

template <std::size_t count>
FieldClassPtr withMemberRoles(const FieldClassPtr &structure, const std::array<NamedRole, count> &roles)
{
    return withParts(
        structure,
        [&roles](const FieldClassPtr &type, std::string_view name) {
            const auto found = std::find_if(
                roles.begin(), roles.end(), [name](const NamedRole &each) { return each.name == name; });
            return found == roles.end() ? type : withRole(type, found->role, name);
        });
}

void checkUuid(const FieldClass &uuid)
{
    const FieldClass *const byte = uuid.kind == Kind::Array && uuid.length == 16 ? uuid.element.get() : nullptr;
    if (!byte || byte->kind != Kind::Integer || isEnumeration(*byte) || byte->isSigned || byte->bits != 8
        || byte->alignment != 8 || tsdlClass(uuid.element).clock)
        failTsdl(0, "the UUID of packets is no array of 16 bytes");
}

FieldClassPtr withUuidRole(const FieldClassPtr &header)
{
    return withParts(
        header,
        [](const FieldClassPtr &type, std::string_view name) {
            if (name != "uuid")
                return type;
            checkUuid(*type);
            TsdlClass changed = tsdlClass(type);
            changed.role = Role::Uuid;
            return sealTsdl(std::move(changed), 0);
        });
}

// The name is that of a member of a structure.
FieldClassPtr withEventId(const FieldClassPtr &type, std::string_view name)
{
    if (type->kind == Kind::Integer)
        return name == "id" ? withRole(type, Role::EventClassId, name) : type;
    const bool isStructure = type->kind == Kind::Structure;
    return withParts(type, [isStructure](const FieldClassPtr &part, std::string_view partName) {
        return withEventId(part, isStructure ? partName : std::string_view());
    });
}

bool lacksClock(const FieldClassPtr &type)
{
    return type->kind == Kind::Integer && !tsdlClass(type).clock;
}

} // namespace

const FieldClass *tsdlMember(const FieldClassPtr &structure, std::string_view name)
{
    if (!structure)
        return nullptr;
    const auto found = std::find_if(structure->members.begin(), structure->members.end(),
        [name](const Member &member) { return member.name == name; });
    return found == structure->members.end() ? nullptr : found->type.get();
}

FieldClassPtr withPacketHeaderRoles(const FieldClassPtr &header)
{
    const FieldClass *const magic = tsdlMember(header, "magic");
    if (magic && (header->members.front().name != "magic" || magic->bits != 32))
        failTsdl(0, "the magic of packets is not their first 32 bits");
    if (tsdlClass(header).clock)
        failTsdl(0, "a time in the header of packets");
    return withUuidRole(withMemberRoles(header, kHeaderRoles));
}

FieldClassPtr withPacketContextRoles(const FieldClassPtr &context)
{
    return withMemberRoles(context, kContextRoles);
}

FieldClassPtr withEventHeaderRoles(const FieldClassPtr &header)
{
    const FieldClass *const id = tsdlMember(header, "id");
    if (id && id->kind != Kind::Integer)
        failTsdl(0, "the id of events is no integer");
    return withEventId(header, {});
}

bool hasTimeWithoutClock(const FieldClassPtr &type, std::string_view name)
{
    const auto holds = [name](const FieldClassPtr &part, std::string_view partName) {
        return (partName == name && lacksClock(part)) || hasTimeWithoutClock(part, name);
    };
    return std::any_of(type->members.begin(), type->members.end(), [&holds](const Member &member) {
        return holds(member.type, member.name);
    }) || std::any_of(type->options.begin(), type->options.end(), [&holds](const Option &option) {
        const std::string_view written = option.name;
        return holds(option.type, written.substr(written.starts_with('_') ? 1 : 0));
    });
}

FieldClassPtr withClock(const FieldClassPtr &type, std::string_view name, std::size_t clock)
{
    if (type->kind != Kind::Structure && type->kind != Kind::Variant)
        return type;
    return withParts(type, [name, clock](const FieldClassPtr &part, std::string_view partName) {
        if (partName != name || !lacksClock(part))
            return withClock(part, name, clock);
        if (part->isSigned)
            failTsdl(0, "the field " + quotedTsdl(name) + " is no integer without a sign");
        TsdlClass changed = tsdlClass(part);
        changed.clock = clock;
        changed.role = Role::Time;
        return sealTsdl(std::move(changed), 0);
    });
}

} // namespace exitscope::ctf
