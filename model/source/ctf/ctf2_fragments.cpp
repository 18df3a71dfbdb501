// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_fragments.h"

#include <limits>

#include "model/source/ctf/ctf2_clock.h"
#include "model/source/ctf/uuid_text.h"

namespace exitscope::ctf {

namespace {

constexpr QLatin1String kType("type");
constexpr QLatin1String kId("id");

std::array<std::uint8_t, 16> uuidBytes(Properties &properties)
{
    constexpr QLatin1String name("uuid");
    std::array<std::uint8_t, 16> uuid{};
    const QJsonArray bytes = properties.array(name);
    if (bytes.size() != static_cast<qsizetype>(uuid.size()))
        properties.refuse(name, "has not 16 bytes");
    for (std::size_t i = 0; i < uuid.size(); ++i) {
        const auto byte = properties.text().integer(bytes.at(static_cast<qsizetype>(i)));
        if (!byte || byte->isNegative || byte->bits > std::numeric_limits<std::uint8_t>::max())
            properties.refuse(name, "has an element that is no byte");
        uuid[i] = static_cast<std::uint8_t>(byte->bits);
    }
    return uuid;
}

// None is given for the whole trace: that of its first field that is larger than a byte serves.
std::optional<ByteOrder> firstByteOrder(const FieldClassPtr &scope)
{
    if (scope)
        for (const Member &member : scope->members)
            if (member.type->kind == FieldClass::Kind::Integer && member.type->bits > 8)
                return member.type->byteOrder;
    return std::nullopt;
}

} // namespace

void FragmentReader::read(const std::shared_ptr<const JsonText> &text)
{
    const QString type = text->object().value(kType).toString();
    Properties properties(*text, text->object(), "a " + (type.isEmpty() ? "fragment" : inQuotes(type.toStdString())));
    properties.string(kType);
    if (m_hasPreamble == (type == QLatin1String("preamble")))
        throw CtfError(m_hasPreamble ? "there is another preamble" : "it is no preamble");
    if (!m_hasPreamble)
        preamble(properties);
    else if (type == QLatin1String("field-class-alias"))
        alias(properties, text);
    else if (type == QLatin1String("trace-class"))
        traceClass(properties);
    else if (type == QLatin1String("clock-class"))
        clockClass(properties);
    else if (type == QLatin1String("data-stream-class"))
        streamClass(properties);
    else if (type == QLatin1String("event-record-class"))
        eventClass(properties);
    else
        throw CtfError("fragments " + inQuotes(type.toStdString()) + " are unknown");
    properties.finish();
}

TraceClass FragmentReader::finish()
{
    if (m_trace.streams.empty())
        throw CtfError("the metadata has no data-stream-class");
    std::optional<ByteOrder> order = firstByteOrder(m_trace.packetHeader);
    for (const auto &[id, stream] : m_trace.streams)
        for (const FieldClassPtr &scope : {stream.packetContext, stream.eventHeader})
            if (!order)
                order = firstByteOrder(scope);
    m_trace.byteOrder = order.value_or(ByteOrder::Little);
    if (m_trace.traceUuid.empty() && m_trace.uuid)
        m_trace.traceUuid = uuidText(*m_trace.uuid);
    return std::move(m_trace);
}

void FragmentReader::preamble(Properties &properties)
{
    constexpr QLatin1String version("version");
    if (properties.natural(version) != 2)
        properties.refuse(version, "is not 2");
    if (properties.has(QLatin1String("uuid")))
        m_trace.uuid = uuidBytes(properties);
    m_hasPreamble = true;
}

void FragmentReader::alias(Properties &properties, std::shared_ptr<const JsonText> text)
{
    m_fields.defineAlias(properties.string(kName), std::move(text), properties.required(kFieldClass));
}

void FragmentReader::traceClass(Properties &properties)
{
    if (m_hasTraceClass || !m_trace.streams.empty())
        throw CtfError(m_hasTraceClass ? "there is another trace-class" : "it is behind a data-stream-class");
    m_hasTraceClass = true;
    properties.ignoreStrings({kNamespace, kName});
    m_trace.traceUuid = canonicalUid(properties.optionalString(kUid).value_or(std::string()));
    environment(properties);
    m_trace.packetHeader = scope(properties, QLatin1String("packet-header-field-class"), Scope::PacketHeader, nullptr);
}

void FragmentReader::environment(Properties &properties)
{
    constexpr QLatin1String name("environment");
    if (!properties.has(name))
        return;
    const QJsonValue value = properties.required(name);
    if (!value.isObject())
        properties.refuse(name, "is no object");
    const QJsonObject entries = value.toObject();
    for (auto it = entries.begin(); it != entries.end(); ++it) {
        EnvironmentValue &entry = m_trace.environment[it.key().toStdString()];
        const std::optional<JsonInteger> integer = properties.text().integer(it.value());
        if (it.value().isString())
            entry = it.value().toString().toStdString();
        else if (integer)
            entry = signedInteger(*integer);
        else
            properties.refuse(name, "has an entry that is neither a string nor an integer");
    }
}

void FragmentReader::clockClass(Properties &properties)
{
    // Drafts of CTF 2 know a clock by its name.
    const std::string id
        = properties.has(kId) || !properties.has(kName) ? properties.string(kId) : properties.string(kName);
    if (!m_clocks.emplace(id, m_trace.clocks.size()).second)
        throw CtfError("there is another clock " + inQuotes(id));
    m_trace.clocks.push_back(readClock(properties, id));
}

std::optional<std::size_t> FragmentReader::clockOf(Properties &properties) const
{
    constexpr QLatin1String byId("default-clock-class-id");
    constexpr QLatin1String byName("default-clock-class-name"); // of drafts
    const bool hasId = properties.has(byId);
    if (!hasId && !properties.has(byName))
        return std::nullopt;
    const std::string id = properties.string(hasId ? byId : byName);
    const auto clock = m_clocks.find(id);
    if (clock == m_clocks.end())
        throw CtfError("there is no clock " + inQuotes(id) + " yet");
    return clock->second;
}

void FragmentReader::streamClass(Properties &properties)
{
    StreamClass stream;
    stream.id = properties.optionalNatural(kId, 0);
    if (m_trace.streams.contains(stream.id))
        throw CtfError("there is another data-stream-class " + std::to_string(stream.id));
    properties.ignoreStrings({kNamespace, kName, kUid});
    stream.clock = clockOf(properties);
    stream.packetContext
        = scope(properties, QLatin1String("packet-context-field-class"), Scope::PacketContext, &stream);
    stream.eventHeader
        = scope(properties, QLatin1String("event-record-header-field-class"), Scope::EventHeader, &stream);
    stream.commonContext
        = scope(properties, QLatin1String("event-record-common-context-field-class"), Scope::CommonContext, &stream);
    m_trace.streams.emplace(stream.id, std::move(stream));
}

void FragmentReader::eventClass(Properties &properties)
{
    const std::uint64_t streamId = properties.optionalNatural(QLatin1String("data-stream-class-id"), 0);
    const auto stream = m_trace.streams.find(streamId);
    if (stream == m_trace.streams.end())
        throw CtfError("there is no data-stream-class " + std::to_string(streamId) + " yet");
    EventClass event;
    event.id = properties.optionalNatural(kId, 0);
    if (stream->second.events.contains(event.id))
        throw CtfError("there is another event-record-class " + std::to_string(event.id));
    properties.ignoreStrings({kNamespace, kUid});
    event.name = properties.optionalString(kName).value_or(std::string());
    event.specificContext
        = scope(properties, QLatin1String("specific-context-field-class"), Scope::SpecificContext, &stream->second);
    event.payload = scope(
        properties, QLatin1String("payload-field-class"), Scope::Payload, &stream->second, event.specificContext);
    stream->second.events.emplace(event.id, std::move(event));
}

FieldClassPtr FragmentReader::scope(Properties &properties, QLatin1String name, Scope scope, const StreamClass *stream,
    const FieldClassPtr &specificContext)
{
    if (!properties.has(name))
        return nullptr;
    Surroundings around;
    around.scope = scope;
    around.hasClock = stream && stream->clock;
    around.hasUuid = m_trace.uuid.has_value();
    if (stream)
        around.scopes = {m_trace.packetHeader, stream->packetContext, stream->eventHeader, stream->commonContext,
            specificContext, nullptr};
    return m_fields.buildScope(properties.text(), properties.required(name), std::move(around));
}

} // namespace exitscope::ctf
