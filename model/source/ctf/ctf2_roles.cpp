// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_roles.h"

#include <algorithm>

namespace exitscope::ctf {

namespace {

struct ScopedRole {
    QLatin1String name;
    Scope scope;
    Role role;
};
constexpr ScopedRole kRoles[] = {
    {QLatin1String("packet-magic-number"), Scope::PacketHeader, Role::Magic},
    {QLatin1String("metadata-stream-uuid"), Scope::PacketHeader, Role::Uuid},
    {QLatin1String("data-stream-class-id"), Scope::PacketHeader, Role::StreamClassId},
    {QLatin1String("data-stream-id"), Scope::PacketHeader, Role::StreamId},
    {QLatin1String("packet-total-length"), Scope::PacketContext, Role::PacketSize},
    {QLatin1String("packet-content-length"), Scope::PacketContext, Role::ContentSize},
    {QLatin1String("default-clock-timestamp"), Scope::PacketContext, Role::BeginTime},
    {QLatin1String("packet-end-default-clock-timestamp"), Scope::PacketContext, Role::EndTime},
    {QLatin1String("discarded-event-record-counter-snapshot"), Scope::PacketContext, Role::DiscardedEvents},
    {QLatin1String("packet-sequence-number"), Scope::PacketContext, Role::PacketNumber},
    {QLatin1String("event-record-class-id"), Scope::EventHeader, Role::EventClassId},
    {QLatin1String("default-clock-timestamp"), Scope::EventHeader, Role::Time},
};

constexpr QLatin1String kRolesName("roles");

Role roleNamed(const QJsonValue &name, const Surroundings *around)
{
    const std::string text = inQuotes(name.toString().toStdString());
    const auto isNamed = [&](const ScopedRole &role) { return name.toString() == role.name; };
    if (!name.isString() || std::none_of(std::begin(kRoles), std::end(kRoles), isNamed))
        throw CtfError("role " + text + " is unknown");
    const auto *found = std::find_if(std::begin(kRoles), std::end(kRoles),
        [&](const ScopedRole &role) { return isNamed(role) && (!around || role.scope == around->scope); });
    if (found == std::end(kRoles))
        throw CtfError("role " + text + " has no meaning where it stands");
    return found->role;
}

Role readRole(Properties &properties, const Surroundings *around)
{
    Role result = Role::None;
    if (!properties.has(kRolesName))
        return result;
    for (const QJsonValue name : properties.array(kRolesName)) {
        const Role role = roleNamed(name, around);
        if (result != Role::None && result != role)
            properties.refuse(kRolesName, "names more than one");
        result = role;
    }
    return result;
}

bool isFirstField(const Surroundings &around)
{
    return around.levels.size() == 1 && around.levels[0].structure->members.empty();
}

} // namespace

Role integerRole(Properties &properties, const BuiltField &field, const Surroundings *around)
{
    const Role role = readRole(properties, around);
    if (role == Role::Uuid)
        properties.refuse(kRolesName, "makes an integer the UUID of the metadata");
    if (role == Role::Magic && field.bits != 32)
        properties.refuse(kRolesName, "makes a magic number of a field that is none of 32 bits");
    if (!around)
        return role;
    if (role == Role::Magic && !isFirstField(*around))
        properties.refuse(kRolesName, "makes a magic number of a field that is not the first one");
    const bool isTime = role == Role::Time || role == Role::BeginTime || role == Role::EndTime;
    if (isTime && !around->hasClock)
        properties.refuse(kRolesName, "makes a time of a field of a stream without a clock");
    return role;
}

Role blobRole(Properties &properties, const BuiltField &field, const Surroundings *around)
{
    const Role role = readRole(properties, around);
    if (role != Role::None && (role != Role::Uuid || field.length != 16))
        properties.refuse(kRolesName, "does not fit");
    if (role == Role::Uuid && around && !around->hasUuid)
        properties.refuse(kRolesName, "asks for a UUID of the metadata, which has none");
    return role;
}

} // namespace exitscope::ctf
