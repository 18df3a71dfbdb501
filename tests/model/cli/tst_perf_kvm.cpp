// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>
#include <QtTest>

#include "tests/tools/program.h"

using namespace exitscope::test;

// perf and LTTng recorded the same guests at the same time: they must have counted the same exits.
class TestPerfKvm : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exitsPerReasonEqualPerfs();
};

namespace {

const QString kFolder = QStringLiteral(EXITSCOPE_SHARED_DIR "/traces/perf-kvm");

struct PerfExits {
    QMap<QString, qint64> counts; // by reason
    QMap<QString, std::vector<qint64>> durations; // from the exit event to the next entry
    qint64 first = 0; // events, ns on perf's clock
    qint64 last = 0;
};

PerfExits readPerfExits()
{
    static const QRegularExpression event(
        QStringLiteral(R"(\s(\d+) \[\d+\]\s+(\d+)\.(\d{9}):\s+kvm:kvm_(entry|exit): vcpu \d+(?:,| reason (\S+)))"));
    struct OpenExit {
        QString reason;
        qint64 time = 0;
    };
    QMap<QString, OpenExit> open; // by thread
    PerfExits result;
    auto match = event.globalMatch(QString::fromUtf8(unpacked(kFolder % QStringLiteral("/perf-events.txt.gz"))));
    while (match.hasNext()) {
        const QRegularExpressionMatch fields = match.next();
        const qint64 time = fields.captured(2).toLongLong() * 1'000'000'000 + fields.captured(3).toLongLong();
        result.first = result.first == 0 ? time : std::min(result.first, time);
        result.last = std::max(result.last, time);
        OpenExit &exit = open[fields.captured(1)];
        if (fields.captured(4) == QLatin1String("exit")) {
            exit = {fields.captured(5), time};
            ++result.counts[exit.reason];
        } else if (!exit.reason.isEmpty()) {
            result.durations[exit.reason].push_back(time - exit.time);
            exit = {};
        }
    }
    return result;
}

// What the trace's metadata adds to the clock that perf used too.
qint64 clockOffset()
{
    QFile file(kFolder % QStringLiteral("/host/metadata"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    static const QRegularExpression offset(QStringLiteral(R"(\boffset = (\d+);)"));
    return offset.match(QString::fromLatin1(file.readAll())).captured(1).toLongLong();
}

double mean(const std::vector<qint64> &values)
{
    double sum = 0;
    for (const qint64 value : values)
        sum += double(value);
    return values.empty() ? 0 : sum / double(values.size());
}

} // namespace

void TestPerfKvm::exitsPerReasonEqualPerfs()
{
    if (!QFile::exists(kFolder))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const PerfExits perf = readPerfExits();
    QVERIFY(perf.counts.size() > 3);
    const qint64 offset = clockOffset();
    QVERIFY(offset > 0);

    const ProgramResult printed = runCli({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("json"),
        QStringLiteral("--from"), QString::number(offset + perf.first), QStringLiteral("--to"),
        QString::number(offset + perf.last), kFolder % QStringLiteral("/host")});
    QVERIFY2(printed.status == 0, qPrintable(printed.err));
    QMap<QString, qint64> counts;
    for (const QJsonValue reason : QJsonDocument::fromJson(printed.out).object()[QStringLiteral("reasons")].toArray()) {
        const QString name = reason[QStringLiteral("name")].toString();
        counts[name] = reason[QStringLiteral("count")].toInteger();
        qInfo("%-10s mean from where the run ends %10.0f ns, perf's from the exit event %10.0f ns", qPrintable(name),
            reason[QStringLiteral("gross")][QStringLiteral("mean_ns")].toDouble(), mean(perf.durations[name]));
    }
    QCOMPARE(counts, perf.counts);
}

QTEST_GUILESS_MAIN(TestPerfKvm)
#include "tst_perf_kvm.moc"
