// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/number_format.h"

using namespace exitscope;

class TestNumberFormat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void durations_data();
    void durations();
    void offsets();
    void counts();
    void percents();
    void rates();
};

void TestNumberFormat::durations_data()
{
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<QString>("expected");
    QTest::newRow("zero") << qint64(0) << QStringLiteral("0 ns");
    QTest::newRow("ns") << qint64(999) << QStringLiteral("999 ns");
    QTest::newRow("µs") << qint64(1000) << QStringLiteral("1.00 µs");
    QTest::newRow("two digits") << qint64(12'340) << QStringLiteral("12.3 µs");
    QTest::newRow("three digits") << qint64(123'400) << QStringLiteral("123 µs");
    QTest::newRow("just below a ms") << qint64(999'499) << QStringLiteral("999 µs");
    QTest::newRow("rounds to a ms") << qint64(999'500) << QStringLiteral("1.00 ms");
    QTest::newRow("rounds to two digits") << qint64(9'996'000) << QStringLiteral("10.0 ms");
    QTest::newRow("ms") << qint64(12'400'000) << QStringLiteral("12.4 ms");
    QTest::newRow("s") << qint64(3'180'000'000) << QStringLiteral("3.18 s");
    QTest::newRow("many s") << qint64(86'400'000'000'000) << QStringLiteral("86400 s");
    QTest::newRow("negative") << qint64(-1500) << QStringLiteral("-1.50 µs");
}

void TestNumberFormat::durations()
{
    QFETCH(qint64, ns);
    QFETCH(QString, expected);
    QCOMPARE(formatDuration(Ns(ns)), expected);
}

void TestNumberFormat::offsets()
{
    QCOMPARE(formatOffset(0), QStringLiteral("+0.000000000s"));
    QCOMPARE(formatOffset(1'800'045'631), QStringLiteral("+1.800045631s"));
    QCOMPARE(formatOffset(-655'616'595), QStringLiteral("-0.655616595s"));
    QCOMPARE(formatOffset(86'400'000'000'001), QStringLiteral("+86400.000000001s"));
}

void TestNumberFormat::counts()
{
    QCOMPARE(formatCount(0), QStringLiteral("0"));
    QCOMPARE(formatCount(999), QStringLiteral("999"));
    QCOMPARE(formatCount(1000), QStringLiteral("1,000"));
    QCOMPARE(formatCount(1234567), QStringLiteral("1,234,567"));
    QCOMPARE(formatCount(-123), QStringLiteral("-123"));
    QCOMPARE(formatCount(-1234), QStringLiteral("-1,234"));
}

void TestNumberFormat::percents()
{
    QCOMPARE(formatPercent(44.4904), QStringLiteral("44.5 %"));
    QCOMPARE(formatPercent(std::nullopt), QStringLiteral("-"));
    QCOMPARE(formatDuration(std::optional<Ns>()), QStringLiteral("-"));
}

void TestNumberFormat::rates()
{
    QCOMPARE(formatRate(1.5), QStringLiteral("1.50/s"));
    QCOMPARE(formatRate(99.99), QStringLiteral("100/s"));
    QCOMPARE(formatRate(1976.4), QStringLiteral("1,976/s"));
}

QTEST_GUILESS_MAIN(TestNumberFormat)
#include "tst_number_format.moc"
