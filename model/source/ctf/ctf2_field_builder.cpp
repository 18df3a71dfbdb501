// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_field_builder.h"

#include <algorithm>

#include "model/source/ctf/ctf2_scalars.h"
#include "model/source/ctf/ctf2_selector.h"

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

constexpr int kDeepestField = 64;
constexpr std::size_t kMostFieldsOfScope = 1 << 16; // aliases of aliases can make many of few words

QLatin1String lengthLocation()
{
    return QLatin1String("length-field-location");
}

} // namespace

void FieldBuilder::defineAlias(const std::string &name, std::shared_ptr<const JsonText> text, const QJsonValue &value)
{
    if (m_aliases.contains(name))
        throw CtfError("there is another alias " + inQuotes(name));
    const std::size_t known = m_aliases.size();
    m_around = nullptr;
    m_scopeBegin = m_fields;
    build({text.get(), known}, value, 0);
    const bool isOther = value.isString(); // the alias of an alias is that one, lest they make a chain
    m_aliases.emplace(
        name, isOther ? aliasNamed(value.toString().toStdString(), known) : Alias{std::move(text), value, known});
}

FieldClassPtr FieldBuilder::buildScope(const JsonText &text, const QJsonValue &value, Surroundings around)
{
    around.levels.clear();
    m_around = &around;
    m_scopeBegin = m_fields;
    const BuiltFieldPtr field = build({&text, m_aliases.size()}, value, 0);
    m_around = nullptr;
    if (field->kind != Kind::Structure)
        throw CtfError("the fields of a packet or of an event are no structure");
    return field;
}

std::string FieldBuilder::whereFailed() const
{
    constexpr std::size_t kMost = 3;
    std::string result;
    const std::size_t first = m_names.size() - std::min(m_names.size(), kMost);
    for (std::size_t i = first; i < m_names.size(); ++i)
        result += (i > first ? "." : "") + inQuotes(m_names[i]);
    return result;
}

const FieldBuilder::Alias &FieldBuilder::aliasNamed(const std::string &name, std::size_t known) const
{
    const auto alias = m_aliases.find(name);
    if (alias == m_aliases.end() || alias->second.number >= known)
        throw CtfError("there is no alias " + inQuotes(name) + " yet");
    return alias->second;
}

BuiltFieldPtr FieldBuilder::build(const Source &source, const QJsonValue &value, int depth)
{
    if (value.isString()) {
        const Alias &alias = aliasNamed(value.toString().toStdString(), source.aliases);
        return build({alias.text.get(), alias.number}, alias.value, depth);
    }
    if (depth > kDeepestField)
        throw CtfError("fields nest too deeply");
    if (++m_fields > m_mostFields || m_fields - m_scopeBegin > kMostFieldsOfScope)
        throw CtfError("there are too many fields");
    const QString type = value.toObject().value(QLatin1String("type")).toString();
    Properties properties(*source.text, value, "a " + (type.isEmpty() ? "field class" : inQuotes(type.toStdString())));
    properties.string(QLatin1String("type"));
    BuiltFieldPtr field = scalarField(type, properties, m_around);
    if (!field)
        field = compound(type, properties, source, depth);
    properties.finish();
    return field;
}

BuiltFieldPtr FieldBuilder::compound(const QString &type, Properties &properties, const Source &source, int depth)
{
    if (type == QLatin1String("structure"))
        return structure(properties, source, depth);
    if (type == QLatin1String("static-length-array"))
        return array(properties, source, depth, true);
    if (type == QLatin1String("dynamic-length-array"))
        return array(properties, source, depth, false);
    if (type == QLatin1String("dynamic-length-string"))
        return dynamicBytes(properties, true);
    if (type == QLatin1String("dynamic-length-blob"))
        return dynamicBytes(properties, false);
    if (type == QLatin1String("optional"))
        return optional(properties, source, depth);
    if (type == QLatin1String("variant"))
        return variant(properties, source, depth);
    throw CtfError("field class " + inQuotes(type.toStdString()) + " is unknown");
}

BuiltFieldPtr FieldBuilder::structure(Properties &properties, const Source &source, int depth)
{
    constexpr QLatin1String name("member-classes");
    auto field = std::make_shared<BuiltField>();
    field->kind = Kind::Structure;
    field->alignment = alignmentOf(properties, QLatin1String("minimum-alignment"));
    const QJsonArray members = properties.has(name) ? properties.array(name) : QJsonArray();
    if (m_around) {
        auto &levels = m_around->levels;
        Level level{field.get(), {}, {}, depth, levels.empty() || depth == levels.back().depth + 1};
        for (const QJsonValue member : members)
            level.names.insert(member.toObject().value(QLatin1String("name")).toString().toStdString());
        levels.push_back(std::move(level));
    }
    for (const QJsonValue member : members)
        addMember(*field, member, source, depth);
    if (m_around)
        m_around->levels.pop_back();
    return field;
}

void FieldBuilder::addMember(BuiltField &structure, const QJsonValue &member, const Source &source, int depth)
{
    Properties properties(*source.text, member, "a member class");
    const std::string name = properties.string(QLatin1String("name"));
    m_names.push_back(name);
    if (m_around)
        m_around->levels.back().current = name;
    if (structure.places.contains(name))
        throw CtfError("a structure has two members of this name");
    const BuiltFieldPtr field = build(source, properties.required(kFieldClass), depth + 1);
    properties.finish();
    structure.places.emplace(name, structure.members.size());
    structure.members.push_back({name, name, field});
    structure.alignment = std::max(structure.alignment, field->alignment);
    m_names.pop_back();
}

BuiltFieldPtr FieldBuilder::array(Properties &properties, const Source &source, int depth, bool isStatic)
{
    constexpr QLatin1String length("length");
    auto field = std::make_shared<BuiltField>();
    field->kind = isStatic ? Kind::Array : Kind::Sequence;
    const unsigned least = alignmentOf(properties, QLatin1String("minimum-alignment"));
    if (!isStatic) {
        locateLength(properties, *field);
    } else {
        field->length = properties.natural(length);
        if (field->length > kMostElements)
            properties.refuse(length, "is too large");
    }
    field->element = build(source, properties.required(QLatin1String("element-field-class")), depth + 1);
    field->alignment = std::max(least, field->element->alignment);
    return field;
}

BuiltFieldPtr FieldBuilder::dynamicBytes(Properties &properties, bool isText)
{
    auto field = std::make_shared<BuiltField>();
    field->kind = Kind::Sequence;
    field->element = byteField(isText);
    field->alignment = field->element->alignment;
    field->isText = isText;
    locateLength(properties, *field);
    if (isText)
        requireUtf8(properties);
    else
        properties.ignoreStrings({QLatin1String("media-type")});
    return field;
}

void FieldBuilder::locateLength(Properties &properties, BuiltField &field) const
{
    const WrittenLocation written = readLocation(properties.text(), properties.required(lengthLocation()));
    if (!m_around)
        return;
    Located located = locate(written, *m_around);
    if (located.field->value != BuiltField::Value::Natural)
        properties.refuse(lengthLocation(), "leads to no unsigned integer");
    field.location = std::move(located.location);
}

const BuiltField *FieldBuilder::locateSelector(Properties &properties, BuiltField &field) const
{
    const WrittenLocation written
        = readLocation(properties.text(), properties.required(QLatin1String("selector-field-location")));
    if (!m_around)
        return nullptr;
    Located located = locate(written, *m_around);
    field.location = std::move(located.location);
    return located.field;
}

BuiltFieldPtr FieldBuilder::optional(Properties &properties, const Source &source, int depth)
{
    auto field = std::make_shared<BuiltField>();
    field->kind = Kind::Optional;
    field->presentBy = presenceOf(properties, locateSelector(properties, *field));
    field->element = build(source, properties.required(kFieldClass), depth + 1);
    return field;
}

BuiltFieldPtr FieldBuilder::variant(Properties &properties, const Source &source, int depth)
{
    constexpr QLatin1String name("options");
    auto field = std::make_shared<BuiltField>();
    field->kind = Kind::Variant;
    const BuiltField *selector = locateSelector(properties, *field);
    if (selector && selector->value == BuiltField::Value::Flag)
        throw CtfError("a variant is selected by a boolean");
    std::vector<JsonRange> ranges;
    std::set<std::string> names;
    for (const QJsonValue value : properties.array(name)) {
        field->options.push_back(option(value, source, depth, ranges));
        const std::string &added = field->options.back().name;
        if (!added.empty() && !names.insert(added).second)
            throw CtfError("a variant has two options " + inQuotes(added));
    }
    if (field->options.empty())
        properties.refuse(name, "is empty");
    if (selector)
        checkRanges(ranges, *selector);
    if (overlap(std::move(ranges)))
        throw CtfError("the ranges of a variant's options overlap");
    return field;
}

Option FieldBuilder::option(const QJsonValue &value, const Source &source, int depth, std::vector<JsonRange> &ranges)
{
    Properties properties(*source.text, value, "an option");
    Option result;
    result.name = properties.optionalString(QLatin1String("name")).value_or(std::string());
    const auto own = rangeSet(properties.text(), properties.required(QLatin1String("selector-field-ranges")));
    result.selectedBy = bitsOf(own);
    ranges.insert(ranges.end(), own.begin(), own.end());
    result.type = build(source, properties.required(kFieldClass), depth + 1);
    properties.finish();
    return result;
}

} // namespace exitscope::ctf
