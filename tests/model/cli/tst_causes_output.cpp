// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <memory>

#include "app/cli/commands.h"
#include "tests/tools/timeline_text.h"

using namespace exitscope;
using namespace exitscope::testing;

// What the commands takers and halts print.
class TestCausesOutput : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void takersCsv();
    void takersJson();
    void takersText();
    void haltsCsv();
    void haltsJson();
    void haltsText();
    void haltsOfNoSource();
};

namespace {

const char *const kScript = "thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                            "thread 70 pid=70 name=\"a, hog\"\n"
                            "10 p0 kvm_entry tid=31\n"
                            "20 p0 kvm_exit reason=12 isa=1 tid=31\n"
                            "30 p0 sched_switch prev_tid=31 prev_state=1 next_tid=70\n"
                            "50 p0 sched_wakeup woken=31 target=0 tid=70\n"
                            "60 p0 sched_switch prev_tid=70 prev_state=1 next_tid=0\n"
                            "65 p0 sched_switch prev_tid=0 prev_state=0 next_tid=31\n"
                            "67 p0 kvm_halt_poll_ns new=0 old=8 tid=31\n"
                            "68 p0 kvm_vcpu_wakeup ns=45 waited=1 tid=31\n"
                            "70 p0 kvm_entry tid=31\n";
const char *const kWithoutSwitches
    = "10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=12 isa=1 tid=31\n30 p0 kvm_entry tid=31\n";

QByteArray printed(Command command, ReportFormat format, const char *script = kScript)
{
    BuiltTimeline built = buildTimeline(script);
    Recording recording;
    recording.reasons = std::move(built.reasons);
    recording.hosts.push_back(std::move(built.timeline));
    TraceInfo trace;
    trace.events = 1;
    recording.traces.push_back(trace);
    Options options;
    options.command = command;
    options.format = format;
    using File = std::unique_ptr<std::FILE, int (*)(std::FILE *)>;
    const File out(std::tmpfile(), std::fclose);
    if (present(options, recording, out.get(), stderr) != ExitStatus::Success)
        return "no success";
    QByteArray text(std::ftell(out.get()), '\0');
    std::rewind(out.get());
    text.resize(qsizetype(std::fread(text.data(), 1, std::size_t(text.size()), out.get())));
    return text;
}

QJsonObject vcpuIn(const QByteArray &json, const char *schema)
{
    const QJsonObject all = QJsonDocument::fromJson(json).object();
    const QJsonArray vcpus = all[QLatin1String("vcpus")].toArray();
    return all[QLatin1String("schema")] == QLatin1String(schema) && vcpus.size() == 1 ? vcpus[0].toObject()
                                                                                      : QJsonObject();
}

QJsonObject objectOf(const char *json)
{
    return QJsonDocument::fromJson(json).object();
}

} // namespace

void TestCausesOutput::takersCsv()
{
    QCOMPARE(printed(Command::Takers, ReportFormat::Csv),
        QByteArray("vm,vcpu,kind,tid,pid,thread,ns,times\r\n"
                   "vm-30,0,host,70,70,\"a, hog\",10,1\r\n"
                   "vm-30,0,free,0,,,5,1\r\n"));
}

void TestCausesOutput::takersJson()
{
    QCOMPARE(vcpuIn(printed(Command::Takers, ReportFormat::Json), "exitscope-takers/1"),
        objectOf(R"({"id": "vm-30/0", "preempted_ns": 15, "migrations": 0,
            "kinds": {"own_vcpu_ns": 0, "other_vcpu_ns": 0, "own_thread_ns": 0, "other_thread_ns": 0, "host_ns": 10,
                      "free_ns": 5, "unknown_ns": 0},
            "takers": [{"kind": "host", "tid": 70, "pid": 70, "thread": "a, hog", "ns": 10, "times": 1},
                       {"kind": "free", "tid": 0, "pid": null, "thread": null, "ns": 5, "times": 1}]})"));
}

void TestCausesOutput::takersText()
{
    const QByteArray text = printed(Command::Takers, ReportFormat::Text).simplified();
    QVERIFY2(text.contains("vm-30/0 15 ns 0.0 % 0.0 % 0.0 % 0.0 % 66.7 % 33.3 % 0.0 % 0"), text);
    QVERIFY2(text.contains("vm-30/0 a, hog (tid 70) host 10 ns 66.7 % 1 vm-30/0 nobody free 5 ns 33.3 % 1"), text);
}

void TestCausesOutput::haltsCsv()
{
    QCOMPARE(printed(Command::Halts, ReportFormat::Csv),
        QByteArray("vm,vcpu,source,halts,unknown,polled,polled_ns,slept,slept_ns,gave_up,gave_up_ns,polling_unknown,"
                   "wake_to_entry_p50_ns,wake_to_entry_p99_ns,caught_0,polled_ns_0,caught_10000,polled_ns_10000,"
                   "caught_50000,polled_ns_50000,caught_200000,polled_ns_200000,caught_500000,polled_ns_500000,"
                   "caught_1000000,polled_ns_1000000\r\n"
                   "vm-30,0,events,1,0,0,0,1,37,1,8,0,20,20,0,0,1,45,1,45,1,45,1,45,1,45\r\n"));
}

void TestCausesOutput::haltsJson()
{
    const QJsonObject halts = vcpuIn(printed(Command::Halts, ReportFormat::Json), "exitscope-halts/1");
    QCOMPARE(halts[QLatin1String("source")], QJsonValue(QStringLiteral("events")));
    QCOMPARE(halts[QLatin1String("slept_ns")], QJsonValue(37));
    QCOMPARE(halts[QLatin1String("wake_to_entry")][QLatin1String("p99_ns")], QJsonValue(20));
    QCOMPARE(halts[QLatin1String("woken_by")].toArray(),
        QJsonDocument::fromJson(R"([{"vector": null, "halts": 1}])").array());
    QCOMPARE(halts[QLatin1String("trials")].toArray().size(), qsizetype(6));
    QCOMPARE(halts[QLatin1String("trials")][1].toObject(),
        objectOf(R"({"halt_poll_ns": 10000, "caught": 1, "polled_ns": 45})"));
}

void TestCausesOutput::haltsText()
{
    const QByteArray text = printed(Command::Halts, ReportFormat::Text).simplified();
    QVERIFY2(text.contains("vm-30/0 1 0 0 ns 1 37 ns 1 8 ns 20 ns 20 ns – events"), text);
    QVERIFY2(text.contains("vm-30/0 10,000 1 100.0 % 45 ns"), text);
}

void TestCausesOutput::haltsOfNoSource()
{
    const QByteArray text = printed(Command::Halts, ReportFormat::Text, kWithoutSwitches).simplified();
    QVERIFY2(text.contains("vm/0 1 – – – – – – – – – none none: neither kvm_vcpu_wakeup nor sched_switch"), text);
    const QJsonObject halts
        = vcpuIn(printed(Command::Halts, ReportFormat::Json, kWithoutSwitches), "exitscope-halts/1");
    QCOMPARE(halts[QLatin1String("halts")], QJsonValue(1));
    QVERIFY(halts[QLatin1String("slept")].isNull());
}

QTEST_GUILESS_MAIN(TestCausesOutput)
#include "tst_causes_output.moc"
