// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_properties.h"

#include <algorithm>

namespace exitscope::ctf {

namespace {

constexpr QLatin1String kAttributes("attributes");
constexpr QLatin1String kExtensions("extensions");

std::string plain(QLatin1String name)
{
    return std::string(name.data(), static_cast<std::size_t>(name.size()));
}

} // namespace

Properties::Properties(const JsonText &text, const QJsonValue &value, std::string what)
    : m_text(text), m_object(value.toObject()), m_what(std::move(what))
{
    if (!value.isObject())
        throw CtfError(m_what + " is no object");
}

void Properties::refuse(QLatin1String name, const std::string &why) const
{
    throw CtfError("property \"" + plain(name) + "\" of " + m_what + " " + why);
}

QJsonValue Properties::required(QLatin1String name)
{
    m_known.push_back(name);
    const QJsonValue value = m_object.value(name);
    if (value.isUndefined())
        refuse(name, "is missing");
    return value;
}

std::string Properties::string(QLatin1String name)
{
    const QJsonValue value = required(name);
    if (!value.isString())
        refuse(name, "is no string");
    return value.toString().toStdString();
}

std::uint64_t Properties::natural(QLatin1String name)
{
    const std::optional<JsonInteger> value = m_text.integer(required(name));
    if (!value || value->isNegative)
        refuse(name, "is no natural number of 64 bits");
    return value->bits;
}

QJsonArray Properties::array(QLatin1String name)
{
    const QJsonValue value = required(name);
    if (!value.isArray())
        refuse(name, "is no array");
    return value.toArray();
}

std::optional<std::string> Properties::optionalString(QLatin1String name)
{
    return has(name) ? std::optional(string(name)) : std::nullopt;
}

std::uint64_t Properties::optionalNatural(QLatin1String name, std::uint64_t otherwise)
{
    return has(name) ? natural(name) : otherwise;
}

void Properties::ignoreStrings(std::initializer_list<QLatin1String> names)
{
    for (const QLatin1String name : names)
        optionalString(name);
}

void Properties::finish()
{
    if (has(kAttributes) && !required(kAttributes).isObject())
        refuse(kAttributes, "is no object");
    if (has(kExtensions)) {
        const std::string name = firstExtension(required(kExtensions));
        if (!name.empty())
            throw CtfError("extension " + inQuotes(name) + " is not supported");
    }
    for (auto it = m_object.begin(); it != m_object.end(); ++it)
        if (std::find(m_known.begin(), m_known.end(), it.key()) == m_known.end())
            throw CtfError("property " + inQuotes(it.key().toStdString()) + " of " + m_what + " is unknown");
}

std::string firstExtension(const QJsonValue &extensions)
{
    if (!extensions.isObject())
        throw CtfError("property \"extensions\" is no object");
    const QJsonObject spaces = extensions.toObject();
    for (auto space = spaces.begin(); space != spaces.end(); ++space) {
        if (!space.value().isObject())
            throw CtfError("the extensions of " + inQuotes(space.key().toStdString()) + " are no object");
        const QJsonObject names = space.value().toObject();
        if (!names.isEmpty())
            return QString(space.key() + QLatin1Char('/') + names.begin().key()).toStdString();
    }
    return {};
}

std::vector<JsonRange> rangeSet(const JsonText &text, const QJsonValue &value)
{
    const QJsonArray ranges = value.toArray();
    if (ranges.isEmpty())
        throw CtfError("a set of ranges is none, or empty");
    std::vector<JsonRange> result;
    result.reserve(static_cast<std::size_t>(ranges.size()));
    for (const QJsonValue range : ranges) {
        const QJsonArray bounds = range.toArray();
        const std::optional<JsonInteger> lower = text.integer(bounds.at(0));
        const std::optional<JsonInteger> upper = text.integer(bounds.at(1));
        if (bounds.size() != 2 || !lower || !upper)
            throw CtfError("a range is no pair of integers of 64 bits");
        if (*upper < *lower)
            throw CtfError("a range ends before it begins");
        result.push_back({*lower, *upper});
    }
    return result;
}

} // namespace exitscope::ctf
