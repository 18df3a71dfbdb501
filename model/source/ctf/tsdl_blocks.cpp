// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_blocks.h"

#include <algorithm>

#include "model/source/ctf/tsdl_class.h"
#include "model/source/ctf/tsdl_resolver.h"
#include "model/source/ctf/tsdl_roles.h"

namespace exitscope::ctf {

namespace {

constexpr std::uint64_t kLargestEventWeight = 1 << 22;

std::uint64_t idOf(const TsdlValue &value)
{
    if (value.count() >> 63 != 0)
        failTsdl(value.line, "an id is too large");
    return value.number;
}

void checkVersion(const TsdlValue &value, std::uint64_t expected)
{
    if (value.count() != expected)
        failTsdl(value.line, "the version of CTF is not 1.8");
}

// One clock for all of a stream.
void joinClock(StreamClass &stream, const FieldClassPtr &scope)
{
    if (!scope || !tsdlClass(scope).clock)
        return;
    if (stream.clock && stream.clock != tsdlClass(scope).clock)
        failTsdl(0, "the stream " + std::to_string(stream.id) + " has times of two clocks");
    stream.clock = tsdlClass(scope).clock;
}

void resolveScopes(TraceClass &trace)
{
    TsdlResolver resolver;
    trace.packetHeader = resolver.resolved(Scope::PacketHeader, trace.packetHeader);
    for (auto &[streamId, stream] : trace.streams) {
        stream.packetContext = resolver.resolved(Scope::PacketContext, stream.packetContext);
        stream.eventHeader = resolver.resolved(Scope::EventHeader, stream.eventHeader);
        stream.commonContext = resolver.resolved(Scope::CommonContext, stream.commonContext);
        for (auto &[id, event] : stream.events) {
            event.specificContext = resolver.resolved(Scope::SpecificContext, event.specificContext);
            event.payload = resolver.resolved(Scope::Payload, event.payload);
        }
    }
}

} // namespace

TsdlAttributes TsdlBlocks::takeBlock(const TsdlLexer &block, const SetType &setType, const SetValue &setValue)
{
    m_lexer = block;
    TsdlAttributes attributes;
    const TsdlNames::Block names(m_names);
    m_lexer.expectSign("{");
    while (!m_lexer.skipSign("}")) {
        if (!m_types.takeNaming()) {
            const std::uint32_t line = m_lexer.line();
            const std::string name = takeTsdlValue(m_lexer).text();
            const bool isType = m_lexer.skipSign(":=");
            if (!isType)
                m_lexer.expectSign("=");
            if (isType ? setType(name, m_types.takeType()) : setValue(name, takeTsdlValue(m_lexer)))
                attributes.once(name, line);
            else if (isType ? setValue(name, {}) : setType(name, nullptr))
                failTsdl(line, quotedTsdl(name) + " is given in the wrong way");
        }
        m_lexer.expectSign(";");
    }
    return attributes;
}

FieldClassPtr TsdlBlocks::root(const FieldClassPtr &type)
{
    if (type->kind != FieldClass::Kind::Structure)
        failTsdl(m_lexer.line(), "headers, contexts and fields have to be structures");
    m_weight += tsdlClass(type).weight;
    if (m_weight > kLargestEventWeight)
        failTsdl(m_lexer.line(), "there are too many fields");
    return type;
}

void TsdlBlocks::takeByteOrder(TsdlLexer traceBlock)
{
    int depth = 0;
    bool isBegin = false; // of an attribute
    do {
        const TsdlToken token = traceBlock.token();
        if (isBegin && depth == 1 && token.text == "byte_order" && traceBlock.next().isSign("=")) {
            traceBlock.advance();
            traceBlock.advance();
            m_trace.byteOrder = tsdlByteOrder(takeTsdlValue(traceBlock), std::nullopt);
            return;
        }
        depth += token.isSign("{") - token.isSign("}");
        isBegin = token.isSign("{") || token.isSign(";");
        traceBlock.advance();
    } while (depth > 0);
    failTsdl(traceBlock.line(), "the trace has no byte order");
}

void TsdlBlocks::takeEnvironment(const TsdlLexer &block)
{
    m_lexer = block;
    TsdlAttributes attributes;
    takeTsdlValues(m_lexer, attributes, [this](const std::string &name, const TsdlValue &value) {
        EnvironmentValue known;
        if (value.kind == TsdlValue::Kind::Number)
            known = static_cast<std::int64_t>(value.number);
        else
            known = value.text();
        if (!m_trace.environment.emplace(name, std::move(known)).second)
            failTsdl(value.line, quotedTsdl(name) + " is given twice");
        return true;
    });
}

void TsdlBlocks::takeDeclaration(const TsdlLexer &declaration)
{
    m_lexer = declaration;
    if (!m_types.takeNaming())
        m_types.takeType();
    m_lexer.expectSign(";");
}

void TsdlBlocks::takeTrace(const TsdlLexer &block)
{
    const TsdlAttributes attributes = takeBlock(
        block,
        [this](const std::string &name, const FieldClassPtr &type) {
            if (name == "packet.header" && type)
                m_trace.packetHeader = withPacketHeaderRoles(root(type));
            return name == "packet.header";
        },
        [this](const std::string &name, const TsdlValue &value) {
            if (name == "uuid") {
                m_trace.uuid = tsdlUuid(value);
                m_trace.traceUuid = uuidText(*m_trace.uuid);
            } else if (name == "major") {
                checkVersion(value, 1);
            } else if (name == "minor") {
                checkVersion(value, 8);
            } else {
                return name == "byte_order";
            }
            return true;
        });
    if (!attributes.has("major") || !attributes.has("minor"))
        failTsdl(block.line(), "the trace has no version");
    m_tellsStream = tsdlMember(m_trace.packetHeader, "stream_id") != nullptr;
}

TraceClass TsdlBlocks::finished()
{
    for (auto &[id, stream] : m_trace.streams)
        finishStream(stream);
    resolveScopes(m_trace);
    return std::move(m_trace);
}

void TsdlBlocks::finishStream(StreamClass &stream) const
{
    if (stream.events.size() > 1 && !tsdlMember(stream.eventHeader, "id"))
        failTsdl(0, "events do not tell their kind, and there are several in the stream " + std::to_string(stream.id));
    for (const FieldClassPtr &scope : {stream.packetContext, stream.eventHeader, stream.commonContext})
        joinClock(stream, scope);
    for (const auto &[id, event] : stream.events) {
        joinClock(stream, event.specificContext);
        joinClock(stream, event.payload);
    }
}

std::size_t TsdlBlocks::onlyClock()
{
    if (m_trace.clocks.empty())
        m_trace.clocks.emplace_back().name = "default";
    if (m_trace.clocks.size() > 1)
        failTsdl(m_lexer.line(), "a time has no clock, and there are several");
    return 0;
}

FieldClassPtr TsdlBlocks::timed(const FieldClassPtr &type, std::string_view name)
{
    return hasTimeWithoutClock(type, name) ? withClock(type, name, onlyClock()) : type;
}

void TsdlBlocks::takeStream(const TsdlLexer &block)
{
    StreamClass stream;
    const auto setType = [this, &stream](const std::string &name, const FieldClassPtr &type) {
        if (name == "packet.context" && type)
            stream.packetContext = withPacketContextRoles(timed(timed(root(type), "timestamp_begin"), "timestamp_end"));
        else if (name == "event.header" && type)
            stream.eventHeader = withEventHeaderRoles(timed(root(type), "timestamp"));
        else if (name == "event.context" && type)
            stream.commonContext = root(type);
        return name == "packet.context" || name == "event.header" || name == "event.context";
    };
    const auto setValue = [&stream](const std::string &name, const TsdlValue &value) {
        if (name == "id")
            stream.id = idOf(value);
        return name == "id";
    };
    const TsdlAttributes attributes = takeBlock(block, setType, setValue);
    checkNewStream(attributes, stream.id, block.line());
    m_trace.streams.emplace(stream.id, std::move(stream));
}

void TsdlBlocks::checkNewStream(const TsdlAttributes &attributes, std::uint64_t id, std::uint32_t line) const
{
    if (attributes.has("id") && !m_tellsStream)
        failTsdl(line, "a stream has an id that packets do not tell");
    if (!attributes.has("id") && !m_trace.streams.empty())
        failTsdl(line, "a stream has no id");
    if (m_trace.streams.contains(id))
        failTsdl(line, "the stream " + std::to_string(id) + " is there twice");
}

void TsdlBlocks::takeEvent(const TsdlLexer &block)
{
    EventClass event;
    std::uint64_t streamId = 0;
    const auto setType = [this, &event](const std::string &name, const FieldClassPtr &type) {
        if (name == "context" && type)
            event.specificContext = root(type);
        else if (name == "fields" && type)
            event.payload = root(type);
        return name == "context" || name == "fields";
    };
    const auto setValue = [&event, &streamId](const std::string &name, const TsdlValue &value) {
        if (name == "name")
            event.name = value.text();
        else if (name == "model.emf.uri")
            value.text();
        else if (name == "id")
            event.id = idOf(value);
        else if (name == "stream_id")
            streamId = value.count();
        else if (name == "loglevel")
            value.count();
        else
            return false;
        return true;
    };
    const TsdlAttributes attributes = takeBlock(block, setType, setValue);
    if (!attributes.has("name"))
        failTsdl(block.line(), "an event has no name");
    StreamClass &stream = streamOf(attributes, streamId, block.line());
    if (!attributes.has("id") && !stream.events.empty())
        failTsdl(block.line(), "an event has no id");
    const std::uint64_t id = event.id;
    if (!stream.events.emplace(id, std::move(event)).second)
        failTsdl(block.line(), "the event " + std::to_string(id) + " is there twice");
}

StreamClass &TsdlBlocks::streamOf(const TsdlAttributes &attributes, std::uint64_t id, std::uint32_t line)
{
    if (!attributes.has("stream_id")) {
        if (m_trace.streams.size() > 1)
            failTsdl(line, "an event tells no stream, and there are several");
        if (m_trace.streams.empty())
            return m_trace.streams[0];
        return m_trace.streams.begin()->second;
    }
    const auto stream = m_trace.streams.find(id);
    if (stream == m_trace.streams.end())
        failTsdl(line, "an event is in the stream " + std::to_string(id) + ", which is not there");
    return stream->second;
}

} // namespace exitscope::ctf
