// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "model/record/far_time.h"
#include "views/chart/time_scale.h"

using namespace exitscope;

Q_DECLARE_METATYPE(exitscope::TimeRange)

class TestTimeScale : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pixelsAndTimesAreInverse_data();
    void pixelsAndTimesAreInverse();
    void columnsHoldEveryTimeOnce_data() { pixelsAndTimesAreInverse_data(); }
    void columnsHoldEveryTimeOnce();
    void ticks_data();
    void ticks();
    void shortTitles();
    void ticksOfAnyZoomAreFewAndInRange();
    void ticksEndWhereTimesDo_data();
    void ticksEndWhereTimesDo();
    void instants_data();
    void instants();
};

void TestTimeScale::pixelsAndTimesAreInverse_data()
{
    QTest::addColumn<TimeRange>("range");
    QTest::addColumn<double>("width");
    QTest::newRow("a second") << TimeRange{0, 1'000'000'000} << 1000.0;
    QTest::newRow("far from 0") << TimeRange{1'700'000'000'000'000'000, 1'700'000'000'000'001'000} << 1600.0;
    QTest::newRow("shorter than its pixels") << TimeRange{5, 105} << 1400.0;
    QTest::newRow("a day") << TimeRange{-1, 86'400'000'000'000} << 2560.0;
    QTest::newRow("uneven") << TimeRange{3, 1'234'567} << 777.0;
}

void TestTimeScale::pixelsAndTimesAreInverse()
{
    QFETCH(TimeRange, range);
    QFETCH(double, width);
    const TimeScale scale{range, 80, width};
    QCOMPARE(scale.timeToPx(range.from), 80.0);
    QCOMPARE(scale.timeToPx(range.to), 80.0 + width);
    QCOMPARE(scale.pxToTime(80), range.from);
    const double pxPerNs = width / double(range.length());
    for (double x = 80; x < 80 + width; x += 13.7)
        QVERIFY(std::abs(scale.timeToPx(scale.pxToTime(x)) - x) <= pxPerNs + 1e-6);
}

void TestTimeScale::columnsHoldEveryTimeOnce()
{
    QFETCH(TimeRange, range);
    QFETCH(double, width);
    const TimeScale scale{range, 80, width};
    QCOMPARE(scale.columnBegin(0), range.from);
    QCOMPARE(scale.columnBegin(scale.columns()), range.to);
    const Ns step = std::max<Ns>(1, range.length() / 1009);
    for (Ns t = range.from; t < range.to; t += step) {
        const int column = scale.columnOf(t);
        QVERIFY(scale.columnBegin(column) <= t);
        QVERIFY(t < scale.columnBegin(column + 1));
    }
    QCOMPARE(scale.columnOf(range.from - 1), -1);
    QCOMPARE(scale.columnOf(range.to), scale.columns());
}

void TestTimeScale::ticks_data()
{
    QTest::addColumn<TimeRange>("range");
    QTest::addColumn<QStringList>("labels");
    QTest::addColumn<QString>("title");
    const QString start = QStringLiteral("the start of the recording");
    QTest::newRow("seconds") << TimeRange{0, 4'200'000'000}
                             << QStringList{QStringLiteral("0"), QStringLiteral("1"), QStringLiteral("2"),
                                    QStringLiteral("3"), QStringLiteral("4")}
                             << QString(QStringLiteral("s from ") % start);
    QTest::newRow("half seconds") << TimeRange{900'000'000, 2'600'000'000}
                                  << QStringList{QStringLiteral("1.0"), QStringLiteral("1.5"), QStringLiteral("2.0"),
                                         QStringLiteral("2.5")}
                                  << QString(QStringLiteral("s from ") % start);
    QTest::newRow("ms") << TimeRange{2'963'000'000, 3'061'000'000}
                        << QStringList{QStringLiteral("2980"), QStringLiteral("3000"), QStringLiteral("3020"),
                               QStringLiteral("3040"), QStringLiteral("3060")}
                        << QString(QStringLiteral("ms from ") % start);
    QTest::newRow("µs, offset") << TimeRange{3'016'123'400, 3'016'127'900}
                                << QStringList{QStringLiteral("+124"), QStringLiteral("+125"), QStringLiteral("+126"),
                                       QStringLiteral("+127")}
                                << QString(QStringLiteral("µs after 3.016 s from ") % start);
    QTest::newRow("ns, offset") << TimeRange{3'016'123'950, 3'016'124'150}
                                << QStringList{QStringLiteral("+950"), QStringLiteral("+1000"), QStringLiteral("+1050"),
                                       QStringLiteral("+1100"), QStringLiteral("+1150")}
                                << QString(QStringLiteral("ns after 3.016123 s from ") % start);
    QTest::newRow("µs, near the start") << TimeRange{0, 4'000}
                                        << QStringList{QStringLiteral("0"), QStringLiteral("1"), QStringLiteral("2"),
                                               QStringLiteral("3"), QStringLiteral("4")}
                                        << QString(QStringLiteral("µs from ") % start);
    QTest::newRow("before the start") << TimeRange{-1'500, 1'500}
                                      << QStringList{QStringLiteral("-1"), QStringLiteral("0"), QStringLiteral("1")}
                                      << QString(QStringLiteral("µs from ") % start);
}

void TestTimeScale::ticks()
{
    QFETCH(TimeRange, range);
    QFETCH(QStringList, labels);
    QFETCH(QString, title);
    const TimeTicks ticks = timeTicks(range, 500, 100);
    QCOMPARE(QStringList(ticks.labels.begin(), ticks.labels.end()), labels);
    QCOMPARE(ticks.title, title);
    QCOMPARE(ticks.at.size(), ticks.labels.size());
}

void TestTimeScale::shortTitles()
{
    QCOMPARE(timeTicks({0, 5'000'000'000}, 500, 100).shortTitle, QStringLiteral("time (s)"));
    const TimeTicks far = timeTicks({3'016'000'000, 3'016'050'000}, 500, 100);
    QCOMPARE(far.shortTitle, QStringLiteral("µs after 3.016 s"));
}

void TestTimeScale::ticksOfAnyZoomAreFewAndInRange()
{
    for (Ns length = 100; length < 3'000'000'000'000; length = length * 7 / 5) {
        const TimeRange range{12'345'678'901, 12'345'678'901 + length};
        const TimeTicks ticks = timeTicks(range, 1200, 90);
        QVERIFY2(ticks.at.size() >= 3 && ticks.at.size() <= 14, qPrintable(QString::number(length)));
        QVERIFY(ticks.at.front() >= range.from && ticks.at.back() <= range.to);
        for (std::size_t i = 0; i < ticks.labels.size(); ++i) {
            QVERIFY2(ticks.labels[i].size() <= 8, qPrintable(ticks.labels[i]));
            QVERIFY(i == 0 || ticks.labels[i] != ticks.labels[i - 1]);
        }
    }
}

void TestTimeScale::ticksEndWhereTimesDo_data()
{
    QTest::addColumn<TimeRange>("range");
    constexpr Ns kLast = kEndOfRecording;
    QTest::newRow("up to the last time") << TimeRange{kLast - 1000, kLast};
    QTest::newRow("near to it") << TimeRange{kLast - 1'000'000'000, kLast - 50};
    QTest::newRow("from the first time") << TimeRange{-kFarthestTime, -kFarthestTime + 1000};
    QTest::newRow("all that are positive") << TimeRange{0, kLast};
}

void TestTimeScale::ticksEndWhereTimesDo()
{
    QFETCH(TimeRange, range);
    const TimeTicks ticks = timeTicks(range, 1200, 90);
    QVERIFY(ticks.at.size() >= 3 && ticks.at.size() <= 14);
    QVERIFY(std::ranges::is_sorted(ticks.at));
    QVERIFY(ticks.at.front() >= range.from && ticks.at.back() <= range.to);
}

void TestTimeScale::instants_data()
{
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<QString>("text");
    QTest::newRow("0") << qint64(0) << QStringLiteral("0 s");
    QTest::newRow("whole") << qint64(3'000'000'000) << QStringLiteral("3 s");
    QTest::newRow("ms") << qint64(3'016'000'000) << QStringLiteral("3.016 s");
    QTest::newRow("µs") << qint64(3'016'120'000) << QStringLiteral("3.016120 s");
    QTest::newRow("ns") << qint64(3'016'123'456) << QStringLiteral("3.016123456 s");
    QTest::newRow("negative") << qint64(-1'500'000) << QStringLiteral("-0.001500 s");
}

void TestTimeScale::instants()
{
    QFETCH(qint64, ns);
    QFETCH(QString, text);
    QCOMPARE(formatInstant(ns), text);
}

QTEST_GUILESS_MAIN(TestTimeScale)
#include "tst_time_scale.moc"
