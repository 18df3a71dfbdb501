// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include "tests/tools/program.h"

using namespace exitscope::test;

// What commands print of the sample's guest. The numbers are those of its workload (resources/sample/README.txt).
class TestGuestOutput : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exitsHaveFourColumns();
    void hostAloneHasNone();
    void filters();
    void accountsByThread();
    void whatThereIsNot();
    void givenMap();
};

namespace {

const QString kSample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample");

QByteArray cli(const QStringList &arguments)
{
    const ProgramResult result = runCli(arguments);
    return result.status == 0 ? result.out : QByteArray("status ") + QByteArray::number(result.status);
}

QStringList split(const char *words)
{
    return QString::fromUtf8(words).split(QLatin1Char(' '));
}

} // namespace

void TestGuestOutput::exitsHaveFourColumns()
{
    const QByteArray all = cli({QStringLiteral("exits"), kSample});
    const QByteArray host = cli({QStringLiteral("exits"), QString(kSample % QStringLiteral("/host"))});
    const QList<QByteArray> rows = all.split('\n'), plain = host.split('\n');
    QCOMPARE(rows.size(), plain.size());
    QCOMPARE(rows[0], QByteArray(plain[0].trimmed() + ",guest_tid,guest_thread,guest_context,certain\r"));
    int ports = 0;
    for (qsizetype i = 1; i < rows.size() - 1; ++i) {
        QVERIFY(rows[i].startsWith(QByteArray(plain[i].trimmed() + ','))); // nothing before them changes
        QVERIFY(rows[i].endsWith(",yes\r"));
        ports += rows[i].contains(",port,0x6100,289,pio,syscall:pwrite64,yes") ? 1 : 0;
    }
    QCOMPARE(ports, 1900);
}

void TestGuestOutput::hostAloneHasNone()
{
    QVERIFY(!cli({QStringLiteral("exits"), QString(kSample % QStringLiteral("/host"))}).contains("guest_tid"));
}

void TestGuestOutput::filters()
{
    const auto countOf = [](const char *filters) {
        return cli(QStringList{QStringLiteral("exits")} + split(filters) + QStringList{kSample}).count('\n') - 1;
    };
    QCOMPARE(countOf("--thread pio-289 --syscall pwrite64 --target port:0x6100"), 1900);
    QCOMPARE(countOf("--process pio-289 --context syscall:pwrite64 --target port:0x6100"), 1900);
    QCOMPARE(countOf("--thread pio-289 --syscall none --target port:0x6100"), 0);
    QCOMPARE(countOf("--context user --context kernel --reason cpuid"), 4745);
    // As any filter they touch exits of all commands.
    const QJsonObject report = QJsonDocument::fromJson(
        cli(split("report --format json --thread pio-289 --reason io --target port:0x6100") + QStringList{kSample}))
                                   .object();
    const QJsonArray reasons = report[QStringLiteral("reasons")].toArray();
    QCOMPARE(reasons.size(), 1);
    QCOMPARE(reasons[0].toObject()[QStringLiteral("count")].toInt(), 1900);
}

// The filter of a row selects as many exits as the row has.
void TestGuestOutput::accountsByThread()
{
    const QJsonObject accounts
        = QJsonDocument::fromJson(cli(split("accounts --by thread,context --format json") + QStringList{kSample}))
              .object();
    const QJsonArray rows = accounts[QStringLiteral("rows")].toArray();
    QVERIFY(rows.size() > 20);
    const auto nameOf = [&](int row) {
        const QJsonObject of = rows[row].toObject();
        return QString(
            of[QStringLiteral("thread")].toString() % QLatin1Char(' ') % of[QStringLiteral("context")].toString());
    };
    QCOMPARE(nameOf(0), QStringLiteral("cpuids-291 user"));
    QCOMPARE(nameOf(1), QStringLiteral("pio-289 syscall:pwrite64"));
    int sum = 0;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const QJsonObject row = rows[i].toObject();
        const int count = row[QStringLiteral("count")].toInt();
        sum += count;
        if (i > 5)
            continue;
        QStringList arguments{QStringLiteral("exits")};
        for (const QJsonValue &word : row[QStringLiteral("filter")].toArray())
            arguments.append(word.toString());
        QCOMPARE(int(cli(arguments + QStringList{kSample}).count('\n')) - 1, count);
    }
    QCOMPARE(sum, 8300);
}

void TestGuestOutput::whatThereIsNot()
{
    const ProgramResult wrong = runCli(split("exits --thread pio-1") + QStringList{kSample});
    QCOMPARE(wrong.status, 1);
    QVERIFY(wrong.err.contains(QStringLiteral("there is no thread 'pio-1'; 'accounts --by thread' prints")));
    const ProgramResult alone
        = runCli(split("report --context user") + QStringList{QString(kSample % QStringLiteral("/host"))});
    QCOMPARE(alone.status, 1);
    QVERIFY(alone.err.contains(QStringLiteral("no guest's trace is aligned with its host")));
}

// A map of the user counts, whatever would be found.
void TestGuestOutput::givenMap()
{
    const QString guest = kSample % QStringLiteral("/vm0/guest");
    const ProgramResult far
        = runCli({QStringLiteral("exits"), QStringLiteral("--map"), QString(guest % QStringLiteral("=0,0")), kSample});
    QCOMPARE(far.status, 0); // so far away that it tells nothing of any exit
    QVERIFY(far.out.contains(",,,,no\r\n"));
    QVERIFY(!far.out.contains(",yes\r\n"));
    QCOMPARE(
        runCli({QStringLiteral("exits"), QStringLiteral("--map"), QStringLiteral("/none=0,0"), kSample}).status, 1);
}

QTEST_GUILESS_MAIN(TestGuestOutput)
#include "tst_guest_output.moc"
