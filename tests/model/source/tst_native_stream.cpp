// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTemporaryDir>
#include <QtTest>

#include <atomic>
#include <string>

#include "model/source/ctf/mapped_file.h"
#include "model/source/ctf/native_stream.h"
#include "tests/model/source/tsdl_text.h"

using namespace exitscope;
using namespace exitscope::ctf;
using namespace exitscope::ctf::test;

namespace {

const std::string kSizes = "struct { uint32_t content_size; uint32_t packet_size; }";
const std::string kClock = "clock { name = c; };\n"
                           "typealias integer { size = 32; map = clock.c.value; } := time_t;\n";

std::string trace(const std::string &header, const std::string &fields)
{
    return kTypes + kTrace + kClock + "stream { packet.context := " + kSizes + "; event.header := " + header
        + "; };\nevent { name = e; fields := struct { " + fields + " }; };";
}

std::string number(std::uint32_t value)
{
    std::string bytes;
    for (int i = 0; i < 4; ++i)
        bytes += static_cast<char>(value >> (8 * i));
    return bytes;
}

// One packet with these bytes behind its context.
std::string packet(const std::string &events)
{
    const auto bits = static_cast<std::uint32_t>(8 * (8 + events.size()));
    return number(bits) + number(bits) + events;
}

} // namespace

// What the native decoder makes of packets that are odd, or made to do harm.
class TestNativeStream : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void timesGoRound();
    void packetTimesThatDoNotFit();
    void equalEventsAreOne();
    void unequalTextsAreTwo();
    void eventsWithoutBits();
    void loopsOfNothing();
    void stringWithoutEnd();
    void unknownEvent();
    void nothingFollowsDamage();
    void fileThatShrinks();

private:
    // The summary, or why there is none.
    std::pair<wire::Summary, std::string> read(const std::string &metadata, const std::string &bytes);

    QTemporaryDir m_dir;
    std::atomic<bool> m_stop = false;
};

std::pair<wire::Summary, std::string> TestNativeStream::read(const std::string &metadata, const std::string &bytes)
{
    const QString path = m_dir.filePath(QStringLiteral("stream"));
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes.data(), static_cast<qsizetype>(bytes.size())) < 0)
        return {{}, "no file"};
    file.close();
    try {
        const auto known = std::make_shared<const Trace>(metadata);
        const std::vector<StreamFile> files{{path.toStdString(), bytes.size()}};
        NativeStream stream(std::make_shared<const StreamData>(known, files, m_stop), Plain::All, m_stop);
        while (stream.step()) { }
        return {stream.recorder().summary(), {}};
    } catch (const CtfError &error) {
        return {{}, error.what()};
    }
}

void TestNativeStream::timesGoRound()
{
    const std::string metadata = trace("struct { time_t t; }", "uint8_t a;");
    const auto [summary, cause] = read(metadata, packet(number(0xfffffff0) + "a" + number(5) + "b" + number(6) + "c"));
    QCOMPARE(cause, std::string());
    QCOMPARE(summary.events, std::uint64_t(3));
    QCOMPARE(summary.beginNs, std::int64_t(0xfffffff0));
    QCOMPARE(summary.endNs, std::int64_t(0x1'0000'0006));
}

// Nobody but the packet tells them, and its events are all right.
void TestNativeStream::packetTimesThatDoNotFit()
{
    const std::string metadata = kTypes + kTrace
        + "clock { name = c; };\ntypealias integer { size = 64; map = clock.c.value; } := time_t;\n"
          "stream { packet.context := struct { uint32_t content_size; uint32_t packet_size; time_t timestamp_begin; "
          "time_t timestamp_end; }; event.header := struct { time_t timestamp; }; };\n"
          "event { name = e; fields := struct { uint8_t a; }; };";
    const auto bytes = [](std::uint32_t beginHigh, std::uint32_t endHigh) {
        return number(33 * 8) + number(33 * 8) + number(1) + number(beginHigh) + number(2) + number(endHigh) + number(1)
            + number(0) + "a";
    };
    QCOMPARE(read(metadata, bytes(0, 0)).second, std::string());
    QVERIFY(read(metadata, bytes(0xffffffff, 0)).second.find("does not fit") != std::string::npos);
    QVERIFY(read(metadata, bytes(0, 0xffffffff)).second.find("does not fit") != std::string::npos);
}

void TestNativeStream::equalEventsAreOne()
{
    const std::string metadata = trace("struct { time_t t; }", "string s; uint8_t n; char x[n];");
    const std::string event = number(7) + std::string("ab\0\2xy", 6);
    const auto [summary, cause] = read(metadata, packet(event + event + event + number(8) + std::string("ab\0\0", 4)));
    QCOMPARE(cause, std::string());
    QCOMPARE(summary.events, std::uint64_t(2));
    QCOMPARE(summary.repeatedEvents, std::uint64_t(2));
}

// Characters of 16 bits, whose first bytes are all 0, are no text that ends there.
void TestNativeStream::unequalTextsAreTwo()
{
    const std::string metadata
        = trace("struct { time_t t; }", "integer { size = 16; align = 8; byte_order = be; encoding = UTF8; } x[2];");
    const auto [summary, cause]
        = read(metadata, packet(number(7) + std::string("\0a\0b", 4) + number(7) + std::string("\0a\0c", 4)));
    QCOMPARE(cause, std::string());
    QCOMPARE(summary.events, std::uint64_t(2));
    QCOMPARE(summary.repeatedEvents, std::uint64_t(0));
}

void TestNativeStream::eventsWithoutBits()
{
    const std::string metadata = kTypes + kTrace + kClock
        + "stream { packet.context := struct { uint32_t content_size; "
          "uint32_t packet_size; time_t timestamp_begin; }; };\n"
          "event { name = e; };";
    const std::string bytes = number(8 * 16) + number(8 * 16) + number(1) + number(2);
    QVERIFY(read(metadata, bytes).second.find("takes no room") != std::string::npos);
}

void TestNativeStream::loopsOfNothing()
{
    const std::string metadata = trace("struct { time_t t; }", "uint32_t n; struct { } a[n][n][n];");
    const std::string bytes = packet(number(1) + number(8'000'000) + std::string(1 << 20, 'x'));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(read(metadata, bytes).second.find("too many elements") != std::string::npos);
    QVERIFY(timer.elapsed() < 5000);
}

void TestNativeStream::stringWithoutEnd()
{
    const std::string metadata = trace("struct { time_t t; }", "string s;");
    QVERIFY(read(metadata, packet(number(1) + "abc")).second.find("longer than its packet") != std::string::npos);
}

void TestNativeStream::unknownEvent()
{
    const std::string metadata = trace("struct { uint32_t id; time_t t; }", "uint8_t a;");
    QCOMPARE(read(metadata, packet(number(0) + number(1) + "a")).second, std::string());
    QVERIFY(read(metadata, packet(number(9) + number(1) + "a")).second.find("kind") != std::string::npos);
}

// Where the next event would begin nobody knows.
void TestNativeStream::nothingFollowsDamage()
{
    const std::string bytes = packet(number(0) + number(1) + "a" + number(9) + number(2) + number(0) + number(3) + "b");
    QFile file(m_dir.filePath(QStringLiteral("damaged")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(bytes.data(), qsizetype(bytes.size())), qint64(bytes.size()));
    file.close();
    const auto known = std::make_shared<const Trace>(trace("struct { uint32_t id; time_t t; }", "uint8_t a;"));
    const std::vector<StreamFile> files{{file.fileName().toStdString(), bytes.size()}};
    StreamCursor cursor(std::make_shared<const StreamData>(known, files, m_stop));
    QCOMPARE(cursor.next(), StreamCursor::Item::PacketBegin);
    QCOMPARE(cursor.next(), StreamCursor::Item::Event);
    QVERIFY_EXCEPTION_THROWN(cursor.next(), CtfError);
    QCOMPARE(cursor.next(), StreamCursor::Item::End);
}

// What is gone reads as zeros, the program lives, and it is said.
void TestNativeStream::fileThatShrinks()
{
    const QString path = m_dir.filePath(QStringLiteral("shrinks"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QCOMPARE(file.write(QByteArray(1 << 20, 'x')), qint64(1 << 20));
    QVERIFY(file.flush());
    const MappedFile mapped(path.toStdString());
    QCOMPARE(mapped.bytes().size(), std::size_t(1 << 20));
    QCOMPARE(mapped.bytes().back(), std::uint8_t('x'));
    QVERIFY(!mapped.shrank());
    QVERIFY(file.resize(4096));
    QCOMPARE(mapped.bytes()[100], std::uint8_t('x'));
    QCOMPARE(mapped.bytes().back(), std::uint8_t(0));
    QVERIFY(mapped.shrank());
}

QTEST_GUILESS_MAIN(TestNativeStream)
#include "tst_native_stream.moc"
