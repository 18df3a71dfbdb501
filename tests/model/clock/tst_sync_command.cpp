// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QtTest>

#include "tests/tools/program.h"

using namespace exitscope::test;

// exitscope-cli sync, on the sample.
class TestSyncCommand : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void json();
    void mapOverrules();
    void errors_data();
    void errors();
    void guestAlone();
};

namespace {

const QString kSample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample");

QJsonObject first(const ProgramResult &result)
{
    return QJsonDocument::fromJson(result.out).array().at(0).toObject();
}

} // namespace

void TestSyncCommand::json()
{
    const ProgramResult result = runCli({QStringLiteral("sync"), kSample});
    QVERIFY2(result.status == 0, qPrintable(result.err));
    QStringList keys;
    static const QRegularExpression key(QStringLiteral("\"([a-z_]+)\": "));
    for (auto match = key.globalMatch(QString::fromUtf8(result.out)); match.hasNext();)
        keys << match.next().captured(1);
    QCOMPARE(keys.join(QLatin1Char(' ')),
        QStringLiteral("guest vm method scale offset_ns reference_guest_ns host_at_reference_ns drift_ppm "
                       "uncertainty_ns lowest_offset_ns highest_offset_ns estimated_offset_ns contained events verdict "
                       "regions count bounds from_ns to_ns"));
    const QJsonObject guest = first(result);
    QCOMPARE(guest[QStringLiteral("guest")].toString(), QString(kSample % QStringLiteral("/vm0/guest")));
    QCOMPARE(guest[QStringLiteral("vm")].toString(), QStringLiteral("qemu-system-x86"));
    QCOMPARE(guest[QStringLiteral("verdict")].toString(), QStringLiteral("aligned"));
    QCOMPARE(guest[QStringLiteral("contained")].toInt(), guest[QStringLiteral("events")].toInt());
    const auto integer = [&](const char *name) { return guest[QString::fromUtf8(name)].toInteger(); };
    QCOMPARE(integer("host_at_reference_ns") - integer("reference_guest_ns"), integer("offset_ns"));
    QVERIFY(integer("lowest_offset_ns") < integer("estimated_offset_ns"));
    QVERIFY(integer("estimated_offset_ns") < integer("highest_offset_ns"));
    const QJsonObject regions = guest[QStringLiteral("regions")].toObject();
    QCOMPARE(regions[QStringLiteral("count")].toInt(), 1);
    const QJsonObject only = regions[QStringLiteral("bounds")].toArray().at(0).toObject();
    QCOMPARE(only[QStringLiteral("from_ns")].toInteger(), integer("lowest_offset_ns"));
    QCOMPARE(only[QStringLiteral("to_ns")].toInteger(), integer("highest_offset_ns"));
}

void TestSyncCommand::mapOverrules()
{
    const ProgramResult result = runCli({QStringLiteral("sync"), QStringLiteral("--map"),
        QString(kSample % QStringLiteral("/vm0=1795349344473381912,1795386298850526284,-34.688649")), kSample});
    QVERIFY2(result.status == 0, qPrintable(result.err));
    const QJsonObject guest = first(result);
    QCOMPARE(guest[QStringLiteral("method")].toString(), QStringLiteral("user"));
    QCOMPARE(guest[QStringLiteral("drift_ppm")].toDouble(), -34.688649);
    QCOMPARE(guest[QStringLiteral("contained")].toInt(), 9622);
    QVERIFY(guest[QStringLiteral("uncertainty_ns")].isNull());
    QVERIFY(guest[QStringLiteral("regions")].toObject()[QStringLiteral("count")].isNull());
}

void TestSyncCommand::errors_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("says");
    const QString map = QStringLiteral("--map");
    QTest::newRow("no path") << QStringList() << 1 << QStringLiteral("no PATH");
    QTest::newRow("no map") << QStringList{map, QStringLiteral("x"), kSample} << 1 << QStringLiteral("'x' is no map");
    QTest::newRow("no number") << QStringList{map, QStringLiteral("x=1,b"), kSample} << 1
                               << QStringLiteral("is no map");
    QTest::newRow("drift") << QStringList{map, QStringLiteral("x=1,2,nan"), kSample} << 1
                           << QStringLiteral("is no map");
    QTest::newRow("no guest") << QStringList{map, QStringLiteral("/nowhere=1,2"), kSample} << 1
                              << QStringLiteral("no guest trace that was opened lies at /nowhere");
    QTest::newRow("selection") << QStringList{QStringLiteral("--from"), QStringLiteral("1"), kSample} << 1
                               << QStringLiteral("Unknown option 'from'");
    QTest::newRow("nothing there") << QStringList{QStringLiteral("/nowhere")} << 2 << QStringLiteral("not-found");
}

void TestSyncCommand::errors()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QFETCH(QString, says);
    const ProgramResult result = runCli(QStringList(QStringLiteral("sync")) + arguments);
    QCOMPARE(result.status, status);
    QVERIFY2(result.err.contains(says), qPrintable(result.err));
    QVERIFY(result.out.isEmpty());
    QCOMPARE(result.err.count(QLatin1Char('\n')), status == 1 ? 1 : result.err.count(QLatin1Char('\n')));
}

void TestSyncCommand::guestAlone()
{
    const ProgramResult result = runCli({QStringLiteral("sync"), QString(kSample % QStringLiteral("/vm0"))});
    QCOMPARE(result.status, 0);
    QVERIFY(result.err.contains(QStringLiteral("guest-fits-no-vm")));
    const QJsonObject guest = first(result);
    QCOMPARE(guest[QStringLiteral("verdict")].toString(), QStringLiteral("none"));
    QVERIFY(guest[QStringLiteral("vm")].isNull());
    QVERIFY(guest[QStringLiteral("offset_ns")].isNull());
}

QTEST_GUILESS_MAIN(TestSyncCommand)
#include "tst_sync_command.moc"
