// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <string>

#include "model/source/ctf/tsdl_lexer.h"
#include "tests/model/source/tsdl_text.h"

using namespace exitscope::ctf;
using namespace exitscope::ctf::test;

// What is no metadata of CTF 1.8, or more of it than any tracer writes, is an error.
class TestTsdlRefusals : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refused_data();
    void refused();
    void linesOfErrors();
    void withoutOneToken();
    void withOtherBytes();
    void tooLarge_data();
    void tooLarge();
};

void TestTsdlRefusals::refused_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto add
        = [](const char *name, const std::string &text) { QTest::newRow(name) << QByteArray::fromStdString(text); };
    const auto field = [&add](const char *name, const std::string &members) { add(name, withPayload(members)); };
    add("nothing", "");
    add("no trace", kTypes);
    add("two traces", kTrace + kTrace);
    add("no version", "trace { byte_order = le; };");
    add("other version", "trace { major = 2; minor = 8; byte_order = le; };");
    add("no byte order", "trace { major = 1; minor = 8; };");
    add("native trace", "trace { major = 1; minor = 8; byte_order = native; };");
    add("bad uuid", "trace { major = 1; minor = 8; byte_order = le; uuid = \"1\"; };");
    add("attribute twice", "trace { major = 1; major = 1; minor = 8; byte_order = le; };");
    add("zero byte", kTrace + std::string(1, '\0'));
    add("open comment", kTrace + "/* ");
    add("open text", kTrace + "env { a = \"x; };");
    add("open block", kTrace + "env { a = 1;");
    add("clock of no frequency", kTrace + "clock { name = c; freq = 0; };");
    add("clock of no name", kTrace + "clock { freq = 5; };");
    add("stream twice", kTrace + "stream { }; stream { };");
    add("id of stream without a field", kTrace + "stream { id = 1; };");
    add("event without stream", kTrace + "event { name = a; stream_id = 4; };");
    add("event without name", kTrace + "event { id = 0; };");
    add("event id twice",
        kTypes + kTrace
            + "stream { event.header := struct { uint8_t id; }; }; event { name = a; id = 1; }; event { name = b; id = "
              "1; };");
    add("signed id", kTrace + "stream { event.header := struct { integer { size = 8; signed = true; } id; }; };");
    add("id is a string", kTrace + "stream { event.header := struct { string id; }; };");
    add("magic is not first",
        kTypes
            + "trace { major = 1; minor = 8; byte_order = le; packet.header := struct { uint8_t a; uint32_t magic; }; "
              "};");
    add("short uuid",
        kTypes + "trace { major = 1; minor = 8; byte_order = le; packet.header := struct { uint8_t uuid[15]; }; };");
    add("time in header",
        kTypes
            + "clock { name = c; }; trace { major = 1; minor = 8; byte_order = le; packet.header := struct { integer { "
              "size = 8; map = clock.c.value; } t; }; };");
    add("two clocks",
        kTrace
            + "clock { name = a; }; clock { name = b; }; event { name = e; fields := struct { integer { size = 8; map "
              "= clock.a.value; } t; integer { size = 8; map = clock.b.value; } u; }; };");
    add("root is an integer", kTypes + kTrace + "event { name = e; fields := uint8_t; };");
    add("type given with =", kTypes + kTrace + "event { name = e; fields = uint8_t; };");
    field("no size", "integer { align = 8; } a;");
    field("65 bits", "integer { size = 65; } a;");
    field("alignment 3", "integer { size = 8; align = 3; } a;");
    field("no clock", "integer { size = 8; map = clock.x.value; } a;");
    field("half a float", "floating_point { exp_dig = 5; mant_dig = 11; } a;");
    field("unknown encoding", "string { encoding = latin1; } a;");
    field("unknown base", "integer { size = 8; base = 7; } a;");
    field("bit field", "uint32_t a : 3;");
    field("name twice", "uint8_t _a; uint8_t a;");
    field("unknown type", "uint9_t a;");
    field("type twice", "typedef uint8_t x; typedef uint8_t x;");
    field("no name", "uint8_t;");
    field("keyword as name", "uint8_t event;");
    field("length behind", "uint8_t a[n]; uint8_t n;");
    field("length is itself", "uint8_t a[a];");
    field("length around", "struct { uint8_t a[x]; } x;");
    field("no length", "uint8_t a[n];");
    field("signed length", "integer { size = 8; signed = true; } n; uint8_t a[n];");
    field("text as length", "string n; uint8_t a[n];");
    field("no scope", "uint8_t a[stream.event.header.n];");
    field("later in an inner structure", "uint8_t n; struct { uint8_t a[n]; uint8_t n; } x;");
    field("length in an option", "enum : uint8_t { n, a } t; variant <t> { uint8_t n; uint8_t a[n]; } v;");
    field("tag is an integer", "uint8_t t; variant <t> { uint8_t a; } v;");
    field("no tag", "variant { uint8_t a; } v;");
    field("alias of a variant", "typealias variant <x> { uint8_t a; } := v;");
    field("empty enumeration", "enum : uint8_t { } a;");
    field("enumeration of strings", "enum : string { x } a;");
    field("range backwards", "enum : uint8_t { x = 3 ... 2 } a;");
    field("long array", "uint8_t a[1048577];");
    field("pointer to nothing", "uint8_t *a;");
}

void TestTsdlRefusals::refused()
{
    QFETCH(QByteArray, text);
    const std::string error = errorOf(text.toStdString());
    QVERIFY(error.starts_with("metadata"));
    QVERIFY(error.find('\n') == std::string::npos);
}

void TestTsdlRefusals::linesOfErrors()
{
    QCOMPARE(errorOf("/* a\n b */\ntrace {\n major = 3;\n minor = 8; byte_order = le; };"),
        std::string("metadata, line 4: the version of CTF is not 1.8"));
    QCOMPARE(errorOf("trace { major = 1; minor = 8; byte_order = le; };\n// x\n@"),
        std::string("metadata, line 3: a byte that no metadata has there"));
}

// Whatever it is: a result or an error.
void TestTsdlRefusals::withoutOneToken()
{
    std::vector<std::string_view> tokens;
    for (TsdlLexer lexer(kLttng); lexer.token().kind != TsdlToken::Kind::End; lexer.advance())
        tokens.push_back(lexer.token().text);
    QVERIFY(tokens.size() > 400);
    int failed = 0;
    for (const std::string_view token : tokens) {
        std::string text = kLttng;
        text.erase(static_cast<std::size_t>(token.data() - kLttng.data()), token.size());
        failed += errorOf(text).empty() ? 0 : 1;
    }
    QVERIFY(failed > int(tokens.size()) * 3 / 4);
}

void TestTsdlRefusals::withOtherBytes()
{
    constexpr std::string_view kOthers("\0{;\"<_\xff", 7);
    std::size_t failed = 0;
    for (std::size_t at = 0; at < kLttng.size(); ++at)
        for (const char other : kOthers) {
            std::string text = kLttng;
            text[at] = other;
            failed += errorOf(text).empty() ? 0 : 1;
        }
    QVERIFY(failed > kLttng.size());
}

void TestTsdlRefusals::tooLarge_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto add
        = [](const char *name, const std::string &text) { QTest::newRow(name) << QByteArray::fromStdString(text); };
    const auto field = [&add](const char *name, const std::string &members) { add(name, withPayload(members)); };
    field("nested", repeated("struct { ", 100000) + repeated("} a; ", 100000));
    field("nested, not closed", repeated("variant <a> { ", 100000));
    field("containers", repeated("enum : ", 100000));
    field("lengths", "uint8_t a" + repeated("[1]", 100000) + ";");
    field("arrays of arrays", "uint8_t a[1048576][1048576];");
    field("identifier", "uint8_t " + std::string(10 << 20, 'a') + ";");
    field("text", "enum : uint8_t { \"" + std::string(10 << 20, 'a') + "\" } x;");
    field("pointers", "uint8_t " + repeated("*", 1 << 20) + "a;");
    field("words", "typealias uint8_t := " + repeated("long ", 1 << 20) + ";");
    std::string doubled = "struct s0 { uint8_t a; } a0; ";
    std::string chain = doubled;
    for (int level = 1; level < 70; ++level) {
        const std::string name = std::to_string(level);
        const std::string before = "struct s" + std::to_string(level - 1);
        doubled += "struct s" + name + " { " + before + " a; " + before + " b; } a" + name + "; ";
        chain += "struct s" + name + " { " + before + " a; } a" + name + "; ";
    }
    field("two of each", doubled);
    field("a chain", chain);
    field("labels", "enum : uint32_t { " + repeated("a,", 1 << 20) + "} x;");
    std::string wide = "struct w { ";
    for (int at = 0; at < 50000; ++at)
        wide += "uint8_t a" + std::to_string(at) + "; ";
    add(
        "large events", kTypes + kTrace + wide + "};" + "stream { event.header := struct { uint32_t id; }; };" + [] {
            std::string events;
            for (int id = 0; id < 1000; ++id)
                events += "event { name = e; id = " + std::to_string(id) + "; fields := struct w; };";
            return events;
        }());
}

void TestTsdlRefusals::tooLarge()
{
    QFETCH(QByteArray, text);
    QElapsedTimer timer;
    timer.start();
    QVERIFY(!errorOf(text.toStdString()).empty());
    QVERIFY(timer.elapsed() < 5000);
}

QTEST_GUILESS_MAIN(TestTsdlRefusals)
#include "tst_tsdl_refusals.moc"
