// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QTest>

#include "tests/app/exported.h"
#include "tests/tools/program.h"

using namespace exitscope;
using test::ExportResult;
using test::kSample;
using test::run;
using test::text;

// Pictures of what guests did, by exitscope --export.
class TestExportGuests : public QObject, private test::Exported {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(isValid()); }
    void flameGraphOfAGuest();
    void threadsOfAGuest();
    void threadsThatHaveNoRoomAreCounted();
    void threadsOfNoGuest();
    void flameGraphOfFunctions();
};

void TestExportGuests::flameGraphOfAGuest()
{
    const QString guest = text(EXITSCOPE_SOURCE_DIR "/resources/sample/vm0");
    const QByteArray all = svg("flame", {guest});
    for (const char *name : {">all: 8,300 exits<", ">cpuids-291<", ">pio-289<", ">user<", ">cpuid<"})
        QVERIFY2(all.contains(name), name);
    const QByteArray byReason
        = svg("flame", {text("--by"), text("reason,thread"), text("--measure"), text("net"), guest});
    QVERIFY(byReason.contains(">all: 686 ms<") && byReason.contains(">io<"));
    const QByteArray ofOne = svg("flame", {text("--reason"), text("cpuid"), guest});
    QVERIFY(ofOne.contains(">all: 8,300 exits<")); // as in the window: it stands beside the rest, marked
}

// Those that the command line tells, each in a row of its own.
void TestExportGuests::threadsOfAGuest()
{
    const QString guest = text(EXITSCOPE_SOURCE_DIR "/resources/sample/vm0");
    const QByteArray picture = svg("threads", {guest});
    QVERIFY2(picture.contains(">Guest threads<") && picture.contains(">vCPU 0<"), picture.left(300).constData());
    const QByteArray told
        = exitscope::test::runCli({text("threads"), text("--format"), text("json"), text(kSample), guest}).out;
    int threads = 0;
    for (const QJsonValue vm : QJsonDocument::fromJson(told)[text("vms")].toArray()) {
        for (const QJsonValue thread : vm[text("threads")].toArray()) {
            const QString name = thread[text("thread")].toString();
            if (name.startsWith(text("swapper/")) || !thread[text("tid")].isDouble())
                continue; // idle ones have no rows, nor has nobody
            const QString label = name + u'-' + QString::number(thread[text("tid")].toInteger());
            ++threads;
            QVERIFY2(picture.contains(QByteArray(">" + label.toHtmlEscaped().toUtf8() + "</text>")), qPrintable(label));
        }
    }
    QVERIFY(threads > 5);
    QVERIFY(!picture.contains("has no room for"));
    QVERIFY(!svg("timeline", {guest}).contains(">Guest threads<"));
}

void TestExportGuests::threadsThatHaveNoRoomAreCounted()
{
    const QString guest = text(EXITSCOPE_SOURCE_DIR "/resources/sample/vm0");
    const auto names = [&](const QByteArray &picture) {
        qsizetype all = 0;
        for (const char *name : {">cpuids-291<", ">pio-289<", ">sh-", ">kworker/"})
            all += picture.count(name);
        return all;
    };
    const QByteArray low = svg("threads", {text("--size"), text("1200x400"), guest});
    const QRegularExpressionMatch missing
        = QRegularExpression(text("\\+ (\\d+) threads that this height has no room for")).match(QString::fromUtf8(low));
    QVERIFY2(missing.hasMatch(), low.left(300).constData());
    QVERIFY(missing.captured(1).toInt() > 0);
    QVERIFY(names(low) < names(svg("threads", {guest})));
    QVERIFY(low.contains(">vCPU 1<")); // they have theirs
}

void TestExportGuests::threadsOfNoGuest()
{
    const ExportResult result
        = run({text("--export"), text("threads"), text("--output"), fileFor("svg"), text(kSample)});
    QCOMPARE(result.status, 2);
    QVERIFY2(result.err.contains(text("no guest was traced")), qPrintable(result.err));
    QVERIFY(!QFile::exists(fileFor("svg")));
}

void TestExportGuests::flameGraphOfFunctions()
{
    QFile symbols(path(text("kallsyms")));
    QVERIFY(symbols.open(QIODevice::WriteOnly));
    symbols.write("ffffffff81000000 T _stext\nffffffff8107e910 t native_write_msr\nffffffff8107e920 t other_code\n"
                  "ffffffffd0000000 R end\n");
    symbols.close();
    const QStringList byFunction{text("--by"), text("symbol")};
    QVERIFY(svg("flame", byFunction).contains(">kernel (no symbols)<"));
    const QByteArray named = svg("flame", byFunction + QStringList{text("--symbols"), symbols.fileName()});
    QVERIFY2(named.contains(">native_write_msr<") && named.contains(">other_code<"), named.left(300).constData());
    QVERIFY(!named.contains("no symbols"));
}

QTEST_GUILESS_MAIN(TestExportGuests)
#include "tst_export_guests.moc"
