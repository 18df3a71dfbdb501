// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include "tests/tools/babeltrace_text.h"
#include "tests/tools/program.h"

using namespace exitscope;
using namespace exitscope::test;

namespace {

const QString kSample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample");

QStringList words(const char *text)
{
    return QString::fromLatin1(text).split(QLatin1Char(' '));
}

QString linesOf(const ProgramResult &result)
{
    return QString::fromUtf8(result.out);
}

} // namespace

// exitscope-cli events on the sample, whose events babeltrace2 told.
class TestEventsOutput : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void text();
    void csv();
    void json();
    void firstOnes();
    void guestsOnTheHostsClock();
    void wrongOptions();
};

void TestEventsOutput::text()
{
    const ProgramResult result = runCli(words("events --from +1.80007s --to +1.80009s") << kSample);
    QCOMPARE(result.status, 0);
    const QStringList lines = linesOf(result).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.filter(QStringLiteral("l1host")),
        (QStringList{
            QStringLiteral(" +1.800072967s l1host [1]    241 kvm_x86_exit               { cpu_id = 1 }, { tid = "
                           "241, pid = 235, procname = \"CPU 1/KVM\" }, { exit_reason = 96, guest_rip = 4308771, "
                           "isa = 2, info1 = 0, info2 = 0, intr_info = 2830, error_code = 0, vcpu_id = 1 }"),
            QStringLiteral(
                " +1.800087228s l1host [1]    241 kvm_x86_entry              { cpu_id = 1 }, { tid = 241, pid "
                "= 235, procname = \"CPU 1/KVM\" }, { vcpu_id = 39212272 }")}));
}

void TestEventsOutput::csv()
{
    const QString host = kSample + QStringLiteral("/host");
    const ProgramResult result
        = runCli(words("events --format csv --from 1795386300820003489 --to 1795386300820003490") << host);
    QCOMPARE(result.status, 0);
    QCOMPARE(linesOf(result),
        QStringLiteral(
            "time_ns,trace_ns,role,trace,cpu,tid,event,fields\r\n"
            "1795386300820003489,1795386300820003489,host,%1,1,241,kvm_x86_exit,\"{ cpu_id = 1 }, { tid = 241, "
            "pid = 235, procname = \"\"CPU 1/KVM\"\" }, { exit_reason = 96, guest_rip = 4308771, isa = 2, info1 "
            "= 0, info2 = 0, intr_info = 2830, error_code = 0, vcpu_id = 1 }\"\r\n")
            .arg(host));
}

void TestEventsOutput::json()
{
    const ProgramResult result
        = runCli(words("events --format json --from 0 --to +1us") << kSample + QStringLiteral("/host"));
    QCOMPARE(result.status, 0);
    const QJsonObject list = QJsonDocument::fromJson(result.out).object();
    QCOMPARE(list[QLatin1String("schema")].toString(), QStringLiteral("exitscope-events/1"));
    QCOMPARE(list[QLatin1String("more")], QJsonValue(false));
    const QJsonArray events = list[QLatin1String("events")].toArray();
    QCOMPARE(events.size(), 1);
    const QJsonObject event = events[0].toObject();
    QCOMPARE(event[QLatin1String("time_ns")].toInteger(), qint64(1795386299019930522));
    QCOMPARE(event[QLatin1String("event")].toString(), QStringLiteral("irq_softirq_raise"));
    QCOMPARE(event[QLatin1String("packet_context")], (QJsonObject{{QStringLiteral("cpu_id"), 1}}));
    QCOMPARE(event[QLatin1String("context")],
        (QJsonObject{{QStringLiteral("tid"), 0}, {QStringLiteral("pid"), 0},
            {QStringLiteral("procname"), QStringLiteral("swapper/1")}}));
    QCOMPARE(event[QLatin1String("payload")], (QJsonObject{{QStringLiteral("vec"), 7}}));
    QVERIFY(!event.contains(QLatin1String("event_context")));
}

void TestEventsOutput::firstOnes()
{
    const ProgramResult result = runCli(words("events --top 3 --format json") << kSample + QStringLiteral("/host"));
    QCOMPARE(result.status, 0);
    const QJsonObject list = QJsonDocument::fromJson(result.out).object();
    QCOMPARE(list[QLatin1String("events")].toArray().size(), 3);
    QCOMPARE(list[QLatin1String("more")], QJsonValue(true));
    QVERIFY2(result.err.contains(QStringLiteral("these are the first 3 events of the range")), qPrintable(result.err));
}

// By the map that sync tells, and by one of the user.
void TestEventsOutput::guestsOnTheHostsClock()
{
    const auto shiftsOf = [](const QStringList &options) {
        const ProgramResult result
            = runCli(words("events --format json --from +1s --to +1.2s --top 100000000") + options << kSample);
        std::vector<qint64> shifts;
        for (const QJsonValue &value : QJsonDocument::fromJson(result.out).object()[QLatin1String("events")].toArray())
            if (value[QLatin1String("role")] == QJsonValue(QStringLiteral("guest")))
                shifts.push_back(
                    value[QLatin1String("time_ns")].toInteger() - value[QLatin1String("trace_ns")].toInteger());
        return shifts;
    };
    const QJsonValue map = QJsonDocument::fromJson(runCli({QStringLiteral("sync"), kSample}).out)[0];
    const qint64 offset
        = map[QLatin1String("host_at_reference_ns")].toInteger() - map[QLatin1String("reference_guest_ns")].toInteger();
    const std::vector<qint64> found = shiftsOf({});
    QVERIFY(found.size() > 100);
    for (const qint64 shift : found)
        QVERIFY2(std::abs(shift - offset) < 100'000, qPrintable(QString::number(shift - offset)));
    const QString given = QStringLiteral("%1/vm0/guest=0,%2").arg(kSample).arg(offset + 1'000'000);
    const std::vector<qint64> shifted = shiftsOf({QStringLiteral("--map"), given});
    QVERIFY(shifted.size() > 100);
    for (const qint64 shift : shifted)
        QCOMPARE(shift, offset + 1'000'000);
}

void TestEventsOutput::wrongOptions()
{
    for (const char *wrong : {"--top 0", "--top x", "--from yesterday", "--format xml", "--reason hlt"}) {
        const ProgramResult result = runCli((words("events") + words(wrong)) << kSample);
        QVERIFY2(result.status == 1, wrong);
        QCOMPARE(result.err.count(QLatin1Char('\n')), 1);
    }
}

QTEST_GUILESS_MAIN(TestEventsOutput)
#include "tst_events_output.moc"
