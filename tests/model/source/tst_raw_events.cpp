// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <cstring>

#include "model/source/ctf/raw_events.h"
#include "tests/model/source/tsdl_text.h"
#include "tests/tools/babeltrace_text.h"

using namespace exitscope;
using namespace exitscope::ctf;
using namespace exitscope::ctf::test;
using namespace exitscope::test;

namespace {

const std::string kPackets = "clock { name = c; freq = 1000000000; };\n"
                             "typealias integer { size = 64; map = clock.c.value; } := time_t;\n"
                             "stream { packet.context := struct { uint32_t content_size; uint32_t packet_size;\n"
                             "    time_t timestamp_begin; time_t timestamp_end; uint8_t cpu_id; uint8_t _own; };\n"
                             "    event.header := struct { time_t timestamp; uint8_t id; };\n"
                             "    event.context := struct { uint8_t _count; } align(8); };\n";

const char *const kFields = R"(
    integer { size = 12; align = 1; signed = true; base = 16; } _hex;
    integer { size = 5; align = 1; signed = true; base = 8; } _octal;
    integer { size = 7; align = 1; base = 2; } _binary;
    integer { size = 16; align = 16; byte_order = be; signed = true; } _big;
    enum : integer { size = 8; signed = true; } { low = -2 ... 3, "a \"b\"" = 4, also = 4 } _named, _unnamed, _twice;
    floating_point { exp_dig = 8; mant_dig = 24; } _single;
    floating_point { exp_dig = 11; mant_dig = 53; } _double;
    string _text;
    char _fixed[4];
    uint8_t _numbers[3];
    uint8_t _length;
    char _counted[ _length ];
    uint8_t _bytes[ stream.event.context._count ];
    uint8_t _none[0];
    struct { uint8_t _a; struct { string _b; } _inner[2]; } _nested;
    struct { } _nothing;
    enum : uint8_t { first = 0, second = 1 } _tag;
    variant <_tag> { uint8_t first; struct { string _s; } second; } _choice;
)";

std::string little(std::uint64_t value, int bytes)
{
    std::string text;
    for (int i = 0; i < bytes; ++i)
        text += static_cast<char>(value >> (8 * i));
    return text;
}

template <typename Number>
std::string ofFloat(Number value)
{
    std::string text(sizeof value, '\0');
    std::memcpy(text.data(), &value, sizeof value);
    return text;
}

std::string head(Ns time, int id, int count)
{
    return little(static_cast<std::uint64_t>(time), 8) + little(static_cast<std::uint64_t>(id), 1)
        + little(static_cast<std::uint64_t>(count), 1);
}

// The payload of kFields, which begins at `at` bytes of its packet.
std::string payload(std::size_t at)
{
    using namespace std::string_literals;
    // -3 in 12 bits, -1 in 5, 5 in 7: 24 bits.
    std::string text = std::string(at % 2, '\0') + little(0xffdu | 0x1fu << 12 | 5u << 17, 3);
    text += "\0\xff\xfe"s; // -2, on a border of two bytes
    text += "\x03\x63\x04"s + ofFloat(0.1f) + ofFloat(-1e300);
    text += "quo\"te\\ ?'\n\x01\xc3\xa9\0"s + "ab\0c"s + "\x01\x02\xff"s;
    text += "\x05"s + "count"s + "\x07\x08"s + "\x09"s + "in\0"s + "side\0"s;
    return text + "\x01"s + "chosen\0"s;
}

std::string packet(Ns begin, Ns end, const std::string &events)
{
    const auto bits = 8 * (26 + events.size());
    return little(bits, 4) + little(bits, 4) + little(static_cast<std::uint64_t>(begin), 8)
        + little(static_cast<std::uint64_t>(end), 8) + "\x03\x2a" + events;
}

std::string bareEvents(Ns from, int count)
{
    std::string events;
    for (int i = 0; i < count; ++i)
        events += head(from + i, 0, i);
    return events;
}

const std::string kBare = "event { name = bare; id = 0; fields := struct { }; };\n";

} // namespace

// Events with all of their fields, as babeltrace2 prints them.
class TestRawEvents : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKindOfField();
    void onlyTheWindow();
    void damageIsTold();
    void cancelled();
    void packedFieldsAreChecked();

private:
    void write(const std::string &metadata, const std::string &stream);
    std::vector<EventText> read(Ns from, Ns to, CancelFlag cancel = nullptr);

    std::unique_ptr<QTemporaryDir> m_dir;
    std::string m_metadata;
    std::size_t m_bytes = 0;
    std::atomic<bool> m_never = false;
};

void TestRawEvents::write(const std::string &metadata, const std::string &stream)
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_metadata = metadata;
    m_bytes = stream.size();
    for (const auto &[name, text] : {std::pair("metadata", &metadata), std::pair("stream", &stream)}) {
        QFile file(m_dir->filePath(QString::fromLatin1(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(text->data(), static_cast<qsizetype>(text->size())), static_cast<qsizetype>(text->size()));
    }
}

std::vector<EventText> TestRawEvents::read(Ns from, Ns to, CancelFlag cancel)
{
    const std::vector<StreamFile> files{{m_dir->filePath(QStringLiteral("stream")).toStdString(), m_bytes}};
    const auto data = std::make_shared<const StreamData>(std::make_shared<const Trace>(m_metadata), files, m_never);
    RawEvents events(data, from, to, cancel);
    std::vector<EventText> texts;
    while (const auto event = events.next()) {
        texts.push_back(textOf(*event));
        if (event->pcpu != 3)
            throw CtfError("not the pCPU of its packet");
    }
    return texts;
}

void TestRawEvents::everyKindOfField()
{
    const std::string metadata = kTypes + kTrace + kPackets + kBare
        + "event { name = \"all:fields\"; id = 1; context := struct { uint8_t _own; }; fields := struct {" + kFields
        + "}; };\n";
    const std::string first = head(10, 1, 2) + "\x11";
    const std::string events = first + payload(26 + first.size()) + bareEvents(20, 2);
    write(metadata, packet(10, 30, events));
    const std::vector<EventText> told = read(0, 100);
    QCOMPARE(told.size(), std::size_t(3));
    QCOMPARE(told.front().second,
        QByteArray("all:fields { cpu_id = 3, own = 42 }, { count = 2 }, { own = 17 }, { hex = 0xFFD, octal = 077, "
                   "binary = 0b0000101, big = -2, named = ( \"low\" : container = 3 ), unnamed = ( <unknown> : "
                   "container = 99 ), twice = ( \"a \\\"b\\\"\", \"also\" : container = 4 ), single = 0.1, double "
                   "= -1e+300, text = \"quo\\\"te\\\\ \\?\\'\\n\\x01\xc3\xa9\", fixed = \"ab\", numbers = [ [0] = 1, "
                   "[1] = 2, [2] = 255 ], length = 5, counted = \"count\", bytes = [ [0] = 7, [1] = 8 ], none = [ ], "
                   "nested = { a = 9, inner = [ [0] = { b = \"in\" }, [1] = { b = \"side\" } ] }, nothing = { }, tag = "
                   "( \"second\" : container = 1 ), choice = { { s = \"chosen\" } } }"));
    QCOMPARE(told.back().second, QByteArray("bare { cpu_id = 3, own = 42 }, { count = 1 }, { }"));
    if (!hasBabeltrace())
        return;
    std::vector<EventText> expected = babeltraceEvents(m_dir->path());
    for (EventText &event : expected) // 2.1 tells two labels of one value as a set, in an order of its own
        event.second.replace("{ \"also\", \"a \\\"b\\\"\" }", "\"a \\\"b\\\"\", \"also\"");
    QCOMPARE(told, expected);
}

// Packets of ten events: 100 to 109, 110 to 119, … of which the third begins as the second ends.
void TestRawEvents::onlyTheWindow()
{
    std::string stream;
    for (const Ns begin : {100, 110, 119, 130, 140})
        stream += packet(begin, begin + 9, bareEvents(begin, 10));
    write(kTypes + kTrace + kPackets + kBare, stream);
    const std::vector<EventText> all = read(0, 1000);
    QCOMPARE(all.size(), std::size_t(50));
    for (Ns from = 98; from < 152; ++from)
        for (const Ns length : {0, 1, 2, 9, 10, 11, 60})
            QCOMPARE(read(from, from + length), between(all, from, from + length));
}

// What lies before the damage is there; a window before it does not meet it.
void TestRawEvents::damageIsTold()
{
    std::string stream = packet(100, 109, bareEvents(100, 10)) + packet(110, 119, bareEvents(110, 10));
    stream[26 + 10 * 10 + 26 + 5 * 10 + 8] = 9; // an event of a kind that there is not
    write(kTypes + kTrace + kPackets + kBare, stream);
    QCOMPARE(read(0, 110).size(), std::size_t(10));
    const std::vector<StreamFile> files{{m_dir->filePath(QStringLiteral("stream")).toStdString(), m_bytes}};
    const auto data = std::make_shared<const StreamData>(std::make_shared<const Trace>(m_metadata), files, m_never);
    RawEvents events(data, 0, 1000, nullptr);
    for (int i = 0; i < 15; ++i)
        QVERIFY(events.next().has_value());
    QVERIFY_EXCEPTION_THROWN(events.next(), CtfError);
}

void TestRawEvents::cancelled()
{
    write(kTypes + kTrace + kPackets + kBare, packet(100, 109, bareEvents(100, 10)));
    const std::atomic<bool> cancel = true;
    QVERIFY(read(0, 1000, &cancel).empty());
}

// What a reader sends may be anything.
void TestRawEvents::packedFieldsAreChecked()
{
    RawFields fields;
    fields.begin(RawPart::CommonContext);
    fields.begin(RawPart::Payload);
    fields.add("a", "1", false);
    fields.add("b", std::string_view("x\0y", 3), true);
    QCOMPARE(fieldsText(fields), std::string("{ }, { a = 1, b = \"x\" }"));
    const std::string bytes = fields.bytes();
    const auto again = RawFields::ofBytes(bytes);
    QVERIFY(again && *again == fields);
    QVERIFY(RawFields::ofBytes(""));
    for (std::size_t length = 3; length < bytes.size(); ++length) {
        const bool isWhole = length == 7; // behind the first field
        QCOMPARE(RawFields::ofBytes(bytes.substr(0, length)).has_value(), isWhole);
    }
    QVERIFY(!RawFields::ofBytes("v"));
    QVERIFY(!RawFields::ofBytes("4"));
    QVERIFY(!RawFields::ofBytes(bytes.substr(2))); // of no part
}

QTEST_GUILESS_MAIN(TestRawEvents)
#include "tst_raw_events.moc"
