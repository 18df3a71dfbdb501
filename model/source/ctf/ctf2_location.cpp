// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_location.h"

#include <algorithm>
#include <span>

#include "model/source/ctf/ctf2_properties.h"

namespace exitscope::ctf {

namespace {

constexpr QLatin1String kOrigins[kScopes] = {
    QLatin1String("packet-header"),
    QLatin1String("packet-context"),
    QLatin1String("event-record-header"),
    QLatin1String("event-record-common-context"),
    QLatin1String("event-record-specific-context"),
    QLatin1String("event-record-payload"),
};

using Names = std::span<const std::string>;

[[noreturn]] void refuse(Names names, const std::string &why)
{
    throw CtfError("the location of field " + inQuotes(names.back()) + " " + why);
}

const BuiltField *fieldIn(const FieldClass *structure, Names names)
{
    const BuiltField *field = nullptr;
    for (const std::string &name : names) {
        if (structure->kind != FieldClass::Kind::Structure)
            refuse(names, "leads into " + inQuotes(name) + " of a field that is no structure");
        const auto &places = static_cast<const BuiltField *>(structure)->places;
        const auto place = places.find(name);
        if (place == places.end())
            refuse(names, "leads to no field before the one that asks");
        field = static_cast<const BuiltField *>(structure->members[place->second].type.get());
        structure = field;
    }
    if (field->value == BuiltField::Value::None)
        refuse(names, "leads to no integer or boolean");
    return field;
}

Located inEarlierScope(const WrittenLocation &written, const FieldClassPtr &scope)
{
    if (!scope)
        refuse(written.names, "begins in a structure that there is not");
    return {{written.origin, written.names}, fieldIn(scope.get(), written.names)};
}

bool isAmbiguous(const std::vector<Level> &levels, std::size_t home, const std::string &name)
{
    return std::any_of(
        levels.begin() + static_cast<std::ptrdiff_t>(home) + 1, levels.end(),
        [&](const Level &level) { return level.names.contains(name); });
}

// The location of `rest` in the structure at `home`.
FieldLocation expressed(const Surroundings &around, bool isRelative, std::size_t home, Names rest)
{
    const std::vector<Level> &levels = around.levels;
    FieldLocation inwards{std::nullopt, {rest.begin(), rest.end()}};
    if (isRelative && home + 1 == levels.size())
        return inwards;
    const auto end = levels.begin() + static_cast<std::ptrdiff_t>(home);
    if (std::all_of(levels.begin(), end + 1, [](const Level &level) { return level.isMember; })) {
        FieldLocation outwards{around.scope, {}};
        std::transform(
            levels.begin(), end, std::back_inserter(outwards.path), [](const Level &l) { return l.current; });
        outwards.path.insert(outwards.path.end(), rest.begin(), rest.end());
        return outwards;
    }
    if (isAmbiguous(levels, home, rest.front()))
        refuse(rest, "cannot be told from that of another one");
    return inwards;
}

} // namespace

WrittenLocation readLocation(const JsonText &text, const QJsonValue &value)
{
    Properties properties(text, value, "a field location");
    WrittenLocation location;
    if (const auto origin = properties.optionalString(QLatin1String("origin"))) {
        const auto *found = std::find(std::begin(kOrigins), std::end(kOrigins), QString::fromStdString(*origin));
        if (found == std::end(kOrigins))
            throw CtfError("origin " + inQuotes(*origin) + " of a field location is unknown");
        location.origin = static_cast<Scope>(found - std::begin(kOrigins));
    }
    for (const QJsonValue element : properties.array(QLatin1String("path")))
        if (element.isString())
            location.names.push_back(element.toString().toStdString());
        else if (element.isNull() && location.names.empty() && !location.origin)
            ++location.parents;
        else
            throw CtfError("the path of a field location has an element that is not understood");
    if (location.names.empty())
        throw CtfError("the path of a field location has no name");
    properties.finish();
    return location;
}

Located locate(const WrittenLocation &written, const Surroundings &around)
{
    if (written.origin && *written.origin < around.scope)
        return inEarlierScope(written, around.scopes[static_cast<std::size_t>(*written.origin)]);
    const std::vector<Level> &levels = around.levels;
    if (levels.empty() || written.parents >= levels.size() || written.origin.value_or(around.scope) != around.scope)
        refuse(written.names, "begins in no structure before the field that asks");
    std::size_t home = written.origin ? 0 : levels.size() - 1 - written.parents;
    Names rest = written.names;
    while (rest.size() > 1 && home + 1 < levels.size() && rest.front() == levels[home].current) {
        rest = rest.subspan(1);
        ++home;
    }
    const BuiltField *field = fieldIn(levels[home].structure, rest);
    return {expressed(around, !written.origin, home, rest), field};
}

} // namespace exitscope::ctf
