// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <string>

#include "tests/model/source/tsdl_text.h"

using namespace exitscope::ctf;
using namespace exitscope::ctf::test;

// What metadata of CTF 1.8 says.
class TestTsdl : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wholeTrace();
    void clocks();
    void clockOffsets();
    void timesWithoutClock();
    void environment();
    void integers();
    void alignments();
    void enumerations();
    void names();
    void typeNames();
    void texts();
    void arrays();
    void variants();
    void locations();
    void eventsWithoutIds();
    void orderDoesNotMatter();
};

namespace {

using Kind = FieldClass::Kind;

} // namespace

void TestTsdl::wholeTrace()
{
    const TraceClass trace = parsed(kLttng);
    QCOMPARE(trace.traceUuid, std::string("cf0bd768-80f8-8c4b-a984-1c4875eefd22"));
    QCOMPARE(int(trace.uuid.value()[0]), 0xcf);
    QCOMPARE(int(trace.uuid.value()[15]), 0x22);
    QCOMPARE(member(trace.packetHeader, "magic").role, Role::Magic);
    QCOMPARE(member(trace.packetHeader, "uuid").role, Role::Uuid);
    QCOMPARE(member(trace.packetHeader, "stream_id").role, Role::StreamClassId);
    QCOMPARE(member(trace.packetHeader, "stream_instance_id").role, Role::StreamId);
    const StreamClass &stream = trace.streams.at(0);
    QCOMPARE(stream.clock.value(), std::size_t(0));
    QCOMPARE(member(stream.packetContext, "timestamp_begin").role, Role::BeginTime);
    QCOMPARE(member(stream.packetContext, "timestamp_end").role, Role::EndTime);
    QCOMPARE(member(stream.packetContext, "content_size").role, Role::ContentSize);
    QCOMPARE(member(stream.packetContext, "packet_size").role, Role::PacketSize);
    QCOMPARE(member(stream.packetContext, "packet_seq_num").role, Role::PacketNumber);
    QCOMPARE(member(stream.packetContext, "events_discarded").role, Role::DiscardedEvents);
    QCOMPARE(member(stream.packetContext, "cpu_id").role, Role::None);
    QCOMPARE(member(stream.eventHeader, "id").role, Role::EventClassId);
    const FieldClass variant = member(stream.eventHeader, "v");
    QCOMPARE(variant.options.size(), std::size_t(2));
    QCOMPARE(variant.options[0].selectedBy[0].upper, std::uint64_t(30));
    QCOMPARE(member(variant.options[0].type, "timestamp").role, Role::Time);
    QCOMPARE(member(variant.options[0].type, "timestamp").bits, 27U);
    QCOMPARE(member(variant.options[1].type, "id").role, Role::EventClassId);
    QVERIFY(member(stream.commonContext, "procname").isText);
    QVERIFY(member(stream.commonContext, "tid").isSigned);
    const EventClass &event = stream.events.at(7);
    QCOMPARE(event.name, std::string("kvm_exit"));
    QCOMPARE(member(event.payload, "exit_reason").byteOrder, ByteOrder::Big);
    QCOMPARE(member(event.payload, "_n").byteOrder, ByteOrder::Little);
    QCOMPARE(member(event.payload, "text").location.path.at(0), std::string("__n"));
    QVERIFY(member(event.payload, "text").isText);
    QCOMPARE(member(event.payload, "f").bits, 64U);
    QCOMPARE(member(event.payload, "t").alignment, 8U);
}

void TestTsdl::clocks()
{
    const TraceClass trace = parsed(kLttng);
    QCOMPARE(trace.clocks.size(), std::size_t(1));
    QCOMPARE(trace.clocks[0].name, std::string("monotonic"));
    QCOMPARE(trace.clocks[0].uuid, std::string("f41442a7-64c3-4676-b847-84570fd88a27"));
    QCOMPARE(trace.clocks[0].offsetSeconds, std::int64_t(1795390396));
    QCOMPARE(trace.clocks[0].offsetCycles, std::uint64_t(165695539));
}

void TestTsdl::clockOffsets()
{
    TraceClass trace
        = parsed(kTrace + "clock { name = c; freq = 1000; offset_s = -2; offset = 4500; absolute = FALSE; };");
    QCOMPARE(trace.clocks.at(0).frequency, std::uint64_t(1000));
    QCOMPARE(trace.clocks.at(0).offsetSeconds, std::int64_t(2));
    QCOMPARE(trace.clocks.at(0).offsetCycles, std::uint64_t(500));
    trace = parsed(kTrace + "clock { name = c; precision = 1; description = 'x'; whatever = 5; };");
    QCOMPARE(trace.clocks.at(0).frequency, std::uint64_t(1000000000));
    QVERIFY(!errorOf(kTrace + "clock { name = c; freq = 1; offset_s = 1; offset = 9223372036854775807; };").empty());
    QVERIFY(!errorOf(kTrace + "clock { name = c; freq = 1; offset_s = -1; offset = 0xffffffffffffffff; };").empty());
}

void TestTsdl::timesWithoutClock()
{
    const std::string stream
        = "stream { packet.context := struct { uint64_t timestamp_begin; uint64_t timestamp_end; };"
          " event.header := struct { struct { uint32_t timestamp; } x; }; };";
    TraceClass trace = parsed(kTypes + kTrace + stream);
    QCOMPARE(trace.clocks.size(), std::size_t(1));
    QCOMPARE(trace.clocks[0].name, std::string("default"));
    QCOMPARE(trace.streams.at(0).clock.value(), std::size_t(0));
    QCOMPARE(member(trace.streams.at(0).packetContext, "timestamp_end").role, Role::EndTime);
    QCOMPARE(member(trace.streams.at(0).eventHeader->members[0].type, "timestamp").role, Role::Time);
    trace = parsed(kTypes + kTrace + "clock { name = a; };" + stream);
    QCOMPARE(trace.clocks.size(), std::size_t(1));
    QVERIFY(!errorOf(kTypes + kTrace + "clock { name = a; }; clock { name = b; };" + stream).empty());
    trace = parsed(kTypes + kTrace + "stream { event.header := struct { uint8_t time; }; };");
    QVERIFY(!trace.streams.at(0).clock);
}

void TestTsdl::environment()
{
    const TraceClass trace = parsed(kLttng);
    QCOMPARE(std::get<std::string>(trace.environment.at("hostname")), std::string("hA\"A"));
    QCOMPARE(std::get<std::int64_t>(trace.environment.at("major")), std::int64_t(2));
    QCOMPARE(std::get<std::int64_t>(trace.environment.at("zone")), std::int64_t(-3));
}

void TestTsdl::integers()
{
    const FieldClassPtr payload
        = payloadOf("integer { size = 0x40; } a; integer { size = 07; } b;"
                    "integer { size = 16u; align = 32; signed = TRUE; base = hex; other = 1; } c;"
                    "integer { size = 12; byte_order = network; } d;"
                    "integer { size = 12; byte_order = native; } e;");
    QCOMPARE(member(payload, "a").alignment, 8U);
    QCOMPARE(member(payload, "b").alignment, 1U);
    QCOMPARE(member(payload, "b").bits, 7U);
    QCOMPARE(member(payload, "c").alignment, 32U);
    QVERIFY(member(payload, "c").isSigned);
    QCOMPARE(member(payload, "d").byteOrder, ByteOrder::Big);
    QCOMPARE(member(payload, "e").byteOrder, ByteOrder::Little);
    QCOMPARE(payload->alignment, 32U);
}

void TestTsdl::alignments()
{
    const FieldClassPtr payload = payloadOf(
        "struct { integer { size = 3; } x; } a; struct { integer { size = 3; } x; } align(16) b[2]; struct { } c;"
        "floating_point { exp_dig = 8; mant_dig = 24; } d; struct { string x; } e; struct { } align(4) f[0];"
        "enum : uint8_t { A } g; variant <g> { struct { } align(64) A; } h;");
    QCOMPARE(member(payload, "a").alignment, 1U);
    QCOMPARE(member(payload, "b").alignment, 16U);
    QCOMPARE(member(payload, "c").alignment, 1U);
    QCOMPARE(member(payload, "d").alignment, 8U);
    QCOMPARE(member(payload, "d").bits, 32U);
    QCOMPARE(member(payload, "e").alignment, 8U);
    QCOMPARE(member(payload, "f").alignment, 4U);
    QCOMPARE(member(payload, "h").alignment, 1U);
    QCOMPARE(payload->alignment, 16U);
}

void TestTsdl::enumerations()
{
    const FieldClassPtr payload = payloadOf("typealias integer { size = 16; signed = true; } := int;"
                                            "enum { a, b = 5, c, d = 7 ... 9, \"e f\", a = -1, string = 3, } x;"
                                            "enum named : uint8_t { one = 1 } y; enum named z;");
    const FieldClass x = member(payload, "x");
    QCOMPARE(x.bits, 16U);
    QCOMPARE(x.labels.at("a").size(), std::size_t(2));
    QCOMPARE(x.labels.at("a")[0].upper, std::uint64_t(0));
    QCOMPARE(x.labels.at("a")[1].lower, ~std::uint64_t(0));
    QCOMPARE(x.labels.at("c")[0].lower, std::uint64_t(6));
    QCOMPARE(x.labels.at("d")[0].upper, std::uint64_t(9));
    QCOMPARE(x.labels.at("e f")[0].lower, std::uint64_t(10));
    QCOMPARE(x.labels.at("string")[0].lower, std::uint64_t(3));
    QCOMPARE(member(payload, "z").labels.at("one")[0].lower, std::uint64_t(1));
}

void TestTsdl::names()
{
    const FieldClassPtr payload = payloadOf("uint8_t _event, __x, plain;");
    QCOMPARE(payload->members[0].name, std::string("event"));
    QCOMPARE(payload->members[0].original, std::string("_event"));
    QCOMPARE(payload->members[1].name, std::string("_x"));
    QCOMPARE(payload->members[2].original, std::string("plain"));
}

void TestTsdl::typeNames()
{
    const FieldClassPtr payload = payloadOf(
        "typedef uint8_t byte, pair[2]; typealias integer { size = 48; } := unsigned long long int;"
        "typealias integer { size = 24; } := const void *; byte a; pair b; unsigned long long int c; const void *d;"
        "struct s { typealias integer { size = 3; } := byte; byte x; } e; struct s f; byte g;");
    QCOMPARE(member(payload, "a").bits, 8U);
    QCOMPARE(member(payload, "b").length, std::uint64_t(2));
    QCOMPARE(member(payload, "c").bits, 48U);
    QCOMPARE(member(payload, "d").bits, 24U);
    const FieldClass f = member(payload, "f");
    QCOMPARE(f.members.at(0).type->bits, 3U);
    QCOMPARE(member(payload, "g").bits, 8U);
}

void TestTsdl::texts()
{
    const FieldClassPtr payload = payloadOf(
        "char a[4]; uint8_t b[4]; uint8_t n; char c[n]; integer { size = 8; align = 1; encoding = UTF8; } d[4];"
        "integer { size = 16; encoding = ASCII; } e[4]; integer { size = 8; encoding = none; } f[4]; char g[2][3];");
    QVERIFY(member(payload, "a").isText);
    QVERIFY(!member(payload, "b").isText);
    QVERIFY(member(payload, "c").isText);
    QVERIFY(!member(payload, "d").isText);
    QVERIFY(!member(payload, "e").isText);
    QVERIFY(!member(payload, "f").isText);
    const FieldClass g = member(payload, "g");
    QVERIFY(!g.isText && g.length == 2 && g.element->isText && g.element->length == 3);
    QVERIFY(!errorOf(withPayload("enum : char { x } a[4];")).empty());
}

void TestTsdl::arrays()
{
    const std::string text = "env { n = 5; s = \"x\"; m = -1; };";
    const TraceClass trace = parsed(text + withPayload("uint8_t a[env.n];"));
    QCOMPARE(trace.streams.at(0).events.at(0).payload->members[0].type->length, std::uint64_t(5));
    for (const char *name : {"env.s", "env.m", "env.none", "env", "-1", "\"a\""})
        QVERIFY(!errorOf(text + withPayload(std::string("uint8_t a[") + name + "];")).empty());
}

void TestTsdl::variants()
{
    const FieldClassPtr payload
        = payloadOf("enum : uint8_t { _a = 0, b = 1 ... 3, _a = 9 } tag;"
                    "variant v <tag> { uint8_t _a; uint32_t b; string other; } x; variant v <tag> y;");
    for (const char *name : {"x", "y"}) {
        const FieldClass variant = member(payload, name);
        QCOMPARE(variant.options[0].name, std::string("a"));
        QCOMPARE(variant.options[0].selectedBy.size(), std::size_t(2));
        QCOMPARE(variant.options[0].selectedBy[1].lower, std::uint64_t(9));
        QCOMPARE(variant.options[1].selectedBy[0].upper, std::uint64_t(3));
        QVERIFY(variant.options[2].selectedBy.empty());
        QCOMPARE(variant.location.path.at(0), std::string("tag"));
    }
}

void TestTsdl::locations()
{
    const TraceClass trace = parsed(kTypes + kTrace
        + "stream { packet.context := struct { uint8_t len; struct { uint8_t in; } s; };"
          " event.header := struct { uint8_t a; }; event.context := struct { uint8_t a; uint8_t d[a]; }; };"
          "event { name = e; context := struct { uint8_t a; uint8_t c[a]; }; fields := struct { uint8_t a;"
          " uint8_t p[stream.packet.context.s.in]; uint8_t h[stream.event.header.a]; uint8_t c[stream.event.context.a];"
          " uint8_t s[event.context.a]; uint8_t f[event.fields.a]; struct { uint8_t b; struct { uint8_t x[b]; } y[a]; "
          "} z;"
          " struct { uint8_t b; uint8_t x[w.b]; } w; }; };");
    const FieldClassPtr payload = trace.streams.at(0).events.at(0).payload;
    QCOMPARE(member(payload, "p").location.scope.value(), Scope::PacketContext);
    QCOMPARE(member(payload, "p").location.path, (std::vector<std::string>{"s", "in"}));
    QCOMPARE(member(payload, "h").location.scope.value(), Scope::EventHeader);
    QCOMPARE(member(payload, "c").location.scope.value(), Scope::CommonContext);
    QCOMPARE(member(payload, "s").location.scope.value(), Scope::SpecificContext);
    QCOMPARE(member(payload, "f").location.scope.value(), Scope::Payload);
    const FieldClass z = member(payload, "z");
    QVERIFY(!z.members.at(1).type->location.scope);
}

void TestTsdl::eventsWithoutIds()
{
    TraceClass trace = parsed(kTypes + kTrace + "event { name = \"only\"; };");
    QCOMPARE(trace.streams.at(0).events.at(0).name, std::string("only"));
    QVERIFY(!errorOf(kTypes + kTrace + "event { name = a; }; event { name = b; };").empty());
    QVERIFY(!errorOf(kTypes + kTrace + "event { name = a; id = 1; }; event { name = b; id = 2; };").empty());
    trace = parsed(kTypes + kTrace
        + "stream { event.header := struct { uint8_t id; }; }; event { name = a; id = 1; }; event { name = b; id = 2; "
          "};");
    QCOMPARE(trace.streams.at(0).events.size(), std::size_t(2));
}

void TestTsdl::orderDoesNotMatter()
{
    const TraceClass trace
        = parsed("event { name = e; fields := struct { uint8_t x; integer { size = 8; map = clock.c.value; } t; }; };"
                 "stream { };"
            + kTypes + "clock { name = c; };" + "trace { major = 1; minor = 8; byte_order = be; };");
    QCOMPARE(trace.streams.at(0).clock.value(), std::size_t(0));
    QCOMPARE(trace.streams.at(0).events.at(0).payload->members[0].type->byteOrder, ByteOrder::Big);
}

QTEST_GUILESS_MAIN(TestTsdl)
#include "tst_tsdl.moc"
