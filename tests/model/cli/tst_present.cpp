// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <memory>

#include "app/cli/commands.h"
#include "model/diagnostic_codes.h"
#include "model/record/frame.h"
#include "model/reference/csv.h"

using namespace exitscope;

// What each command makes of a recording, here one made by hand.
class TestPresent : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void json();
    void reportCsv();
    void text();
    void haltsAreListedThoughTheyComeLast();
    void exits();
    void exitsOfARange();
    void intervals();
    void intervalsAreCut();
    void infoTellsWhatIsMissing();
    void diagnosticsAreOneLine();
    void status();
};

namespace {

constexpr Ns kBegin = 1'795'386'299'019'930'522;

void addExit(Vcpu &vcpu, Ns entry, Ns time, Ns end, const ExitParts &parts, std::uint16_t reason)
{
    vcpu.exits.append({.time = kBegin + time,
        .event = kBegin + time + 2,
        .entry = entry == kNoTime ? kNoTime : kBegin + entry,
        .end = end == kNoTime ? kNoTime : kBegin + end,
        .parts = parts,
        .guestRip = 0xffffffff8107e914,
        .reason = reason,
        .pcpu = 1,
        .target = reason == 0 ? Target::of(TargetKind::CpuidLeaf, 0x40000001) : Target{}});
}

// A vCPU of a VM with a comma in its name, and a pseudo-vCPU.
Recording handMade()
{
    Recording recording;
    TraceInfo host;
    host.path = QStringLiteral("/t/host");
    host.role = TraceRole::Host;
    host.description.hostname = "l1host";
    host.description.traceUuid = "uu-id";
    host.events = 10;
    host.beginNs = kBegin;
    host.endNs = kBegin + 1000;
    host.richness = wire::HasEntry | wire::HasExit;
    host.used = true;
    recording.traces.push_back(host);
    recording.reasons.indexOf({2, 114});
    recording.reasons.indexOf({2, 777});

    Vcpu first;
    first.number = QStringLiteral("0");
    first.tid = 240;
    first.states.start(kBegin);
    first.states.append(kBegin + 100, VcpuState::Unknown, kNoPcpu);
    first.states.append(kBegin + 300, VcpuState::Guest, 1);
    first.states.append(kBegin + 1000, VcpuState::Kvm, 1);
    addExit(first, 100, 300, 700, {400, 0, 0, 0, 0, 7}, 0);
    addExit(first, kNoTime, 900, kNoTime, {}, 1);
    for (const Ns entry : {100, 700})
        first.entries.append(kBegin + entry);
    Vcpu pseudo;
    pseudo.number = QStringLiteral("pCPU 0");
    pseudo.states.start(kBegin);
    pseudo.states.append(kBegin + 1000, VcpuState::Kvm, 0);
    addExit(pseudo, 200, 300, 310, {10, 0, 0, 0, 0, 0}, 0);
    recording.hosts.push_back({{kBegin, kBegin + 1000},
        {{QStringLiteral("a,b"), 235, {first}}, {QStringLiteral("vm"), std::nullopt, {pseudo}}}});
    return recording;
}

struct Printed {
    ExitStatus status{};
    QByteArray out, err;
};

QByteArray contentOf(std::FILE *file)
{
    QByteArray text(std::ftell(file), '\0');
    std::rewind(file);
    text.resize(qsizetype(std::fread(text.data(), 1, std::size_t(text.size()), file)));
    return text;
}

Printed printed(const Options &options, const Recording &recording = handMade())
{
    using File = std::unique_ptr<std::FILE, int (*)(std::FILE *)>;
    const File out(std::tmpfile(), std::fclose);
    const File err(std::tmpfile(), std::fclose);
    const ExitStatus status = present(options, recording, out.get(), err.get());
    return {status, contentOf(out.get()), contentOf(err.get())};
}

Options optionsOf(Command command, ReportFormat format = ReportFormat::Text)
{
    Options options;
    options.command = command;
    options.format = format;
    return options;
}

} // namespace

void TestPresent::json()
{
    Recording recording = handMade();
    recording.diagnostics.push_back(
        makeDiagnostic(Code::TimeStepsBack, QStringLiteral("clamped"), QStringLiteral("/t/host"), 3));
    const Printed result = printed(optionsOf(Command::Report, ReportFormat::Json), recording);
    QVERIFY(result.status == ExitStatus::Success);
    QVERIFY(result.out.contains("\"begin_ns\": 1795386299019930522,"));
    const QJsonObject report = QJsonDocument::fromJson(result.out).object();
    QCOMPARE(report[QStringLiteral("schema")].toString(), QStringLiteral("exitscope-report/1"));
    const QJsonObject diagnostic = report[QStringLiteral("diagnostics")][0].toObject();
    QCOMPARE(diagnostic[QStringLiteral("code")].toString(), QStringLiteral("time-steps-back"));
    QCOMPARE(diagnostic[QStringLiteral("count")].toInt(), 3);
    const QJsonValue vm = report[QStringLiteral("vms")][0];
    const QJsonValue vcpu = vm[QStringLiteral("vcpus")][0];
    QCOMPARE(vcpu[QStringLiteral("id")].toString(), QStringLiteral("a,b/0"));
    QCOMPARE(vcpu[QStringLiteral("entries")].toInt(), 2);
    QCOMPARE(vcpu[QStringLiteral("entry_to_exit_event_ns")].toInt(), 202);
    QVERIFY(!vm.toObject().contains(QStringLiteral("entries")));
    const QJsonValue pseudo = report[QStringLiteral("vms")][1][QStringLiteral("vcpus")][0];
    QVERIFY(pseudo[QStringLiteral("tid")].isNull());
    const QJsonValue untimed = vcpu[QStringLiteral("reasons")][1];
    QCOMPARE(untimed[QStringLiteral("name")].toString(), QStringLiteral("2:777"));
    QVERIFY(untimed[QStringLiteral("gross")][QStringLiteral("p50_ns")].isNull());
}

void TestPresent::reportCsv()
{
    const Printed result = printed(optionsOf(Command::Report, ReportFormat::Csv));
    const auto rows = parseCsv(QString::fromUtf8(result.out));
    QVERIFY(rows);
    QCOMPARE(rows->size(), std::size_t(4));
    const QStringList &header = rows->front();
    const auto cell = [&](std::size_t row, const char *column) {
        return (*rows)[row].value(header.indexOf(QString::fromUtf8(column)));
    };
    QCOMPARE(header.mid(0, 7).join(QLatin1Char(',')), QStringLiteral("vm,vcpu,isa,code,name,class,count"));
    QCOMPARE(cell(1, "vm"), QStringLiteral("a,b"));
    QCOMPARE(cell(1, "name"), QStringLiteral("cpuid"));
    QCOMPARE(cell(1, "gross_p50_ns"), QStringLiteral("400"));
    QCOMPARE(cell(1, "net_mean_ns"), QStringLiteral("400.0"));
    QCOMPARE(cell(2, "count"), QStringLiteral("1"));
    QCOMPARE(cell(2, "gross_count"), QStringLiteral("0"));
    QCOMPARE(cell(2, "gross_p50_ns"), QString());
    QCOMPARE(cell(3, "vcpu"), QStringLiteral("pCPU 0"));
}

void TestPresent::text()
{
    const Printed result = printed(optionsOf(Command::Report));
    const QString text = QString::fromUtf8(result.out);
    QVERIFY(text.startsWith(QStringLiteral("Host l1host: 1.00 µs, 10 events, no event lost")));
    for (const char *part : {"a,b/0", "vm/pCPU 0", "cpuid", "The guest ran CPUID", "400 ns", "host", "all VMs"})
        QVERIFY2(text.contains(QString::fromUtf8(part)), part);
    QVERIFY(result.err.isEmpty());

    Recording lost = handMade();
    lost.traces[0].discardedEvents = 1234;
    QVERIFY(printed(optionsOf(Command::Report), lost).out.contains("1,234 events LOST"));
}

void TestPresent::haltsAreListedThoughTheyComeLast()
{
    Recording recording = handMade();
    Vcpu &vcpu = recording.hosts[0].vms[0].vcpus[0];
    for (std::int64_t code = 0; code < 15; ++code) // read_cr0 and so on; the least costs most
        addExit(vcpu, kNoTime, 910 + code, 1000, {80 - code, 0, 0, 0, 0, 0}, recording.reasons.indexOf({2, code}));
    addExit(vcpu, kNoTime, 930, 1000, {70, 0, 0, 0, 0, 0}, recording.reasons.indexOf({2, 120}));
    const auto lines = [&](bool switches) {
        recording.hosts[0].switchesRecorded = switches;
        return QString::fromUtf8(printed(optionsOf(Command::Report), recording).out).split(QLatin1Char('\n'));
    };
    const QStringList without = lines(false);
    const qsizetype hlt = without.indexOf(QRegularExpression(QStringLiteral("^  hlt +1 +– +– +– +– +70 ns .*")));
    QVERIFY(hlt > 0);
    QCOMPARE(without[hlt + 1], QStringLiteral("  and 5 reasons more that cost less"));
    QVERIFY(without[hlt + 2].startsWith(QStringLiteral("  –: without sched_switch")));
    QVERIFY(lines(true).contains(QStringLiteral("  and 6 reasons more that cost less")));
}

void TestPresent::exits()
{
    const Printed result = printed(optionsOf(Command::Exits));
    QCOMPARE(result.out,
        QByteArray("vm,vcpu,entry_ns,time_ns,exit_event_ns,run_ns,gross_ns,net_ns,kvm_ns,userspace_ns,preempted_ns,"
                   "idle_ns,blocked_ns,irq_ns,isa,code,reason,scenario,guest_rip,pcpu,target_kind,target\r\n"
                   "\"a,b\",0,1795386299019930622,1795386299019930822,1795386299019930824,200,400,400,400,0,0,0,0,7,2,"
                   "114,cpuid,host,0xffffffff8107e914,1,cpuid,0x40000001\r\n"
                   "vm,pCPU 0,1795386299019930722,1795386299019930822,1795386299019930824,100,10,10,10,0,0,0,0,0,2,114,"
                   "cpuid,host,0xffffffff8107e914,1,cpuid,0x40000001\r\n"
                   "\"a,b\",0,,1795386299019931422,1795386299019931424,,,,,,,,,,2,777,2:777,host,0xffffffff8107e914,"
                   "1,,\r\n"));
}

void TestPresent::exitsOfARange()
{
    Options options = optionsOf(Command::Exits);
    options.selection.from = QStringLiteral("+301ns");
    QCOMPARE(printed(options).out.count("\r\n"), 2);
    options.selection.from.clear();
    options.selection.vcpus = QStringList{QStringLiteral("vm/pCPU 0")};
    QCOMPARE(printed(options).out.count("\r\n"), 2);
    options.selection.vcpus.clear();
    options.selection.maxNs = QStringLiteral("400");
    QCOMPARE(printed(options).out.count("\r\n"), 2);
}

void TestPresent::intervals()
{
    QCOMPARE(printed(optionsOf(Command::Intervals)).out,
        QByteArray("vm,vcpu,begin_ns,end_ns,state,pcpu\r\n"
                   "\"a,b\",0,1795386299019930522,1795386299019930622,Unknown,\r\n"
                   "\"a,b\",0,1795386299019930622,1795386299019930822,Guest,1\r\n"
                   "\"a,b\",0,1795386299019930822,1795386299019931522,Kvm,1\r\n"
                   "vm,pCPU 0,1795386299019930522,1795386299019931522,Kvm,0\r\n"));
}

void TestPresent::intervalsAreCut()
{
    Options options = optionsOf(Command::Intervals);
    options.selection.from = QStringLiteral("+150ns");
    options.selection.to = QStringLiteral("+300ns");
    QCOMPARE(printed(options).out,
        QByteArray("vm,vcpu,begin_ns,end_ns,state,pcpu\r\n"
                   "\"a,b\",0,1795386299019930672,1795386299019930822,Guest,1\r\n"
                   "vm,pCPU 0,1795386299019930672,1795386299019930822,Kvm,0\r\n"));
    options.selection.to = options.selection.from;
    QCOMPARE(printed(options).out.count("\r\n"), 1);
    options.selection.to = QStringLiteral("+9s");
    options.selection.from = QStringLiteral("+8s");
    QCOMPARE(printed(options).out.count("\r\n"), 1);
}

void TestPresent::infoTellsWhatIsMissing()
{
    Recording recording = handMade();
    recording.diagnostics = {makeDiagnostic(Code::SwitchesMissing, QStringLiteral("lttng enable-event … sched_switch")),
        makeDiagnostic(Code::TimeStepsBack, QStringLiteral("clamped"))};
    const QString text = QString::fromUtf8(printed(optionsOf(Command::Info), recording).out);
    for (const char *part : {"/t/host\n", "host, used", "l1host", "VM exits, VM entries", "1.00 µs",
             "Missing:\n  lttng enable-event … sched_switch"})
        QVERIFY2(text.contains(QString::fromUtf8(part)), qPrintable(text));
    QVERIFY(!text.contains(QStringLiteral("clamped")));
}

void TestPresent::diagnosticsAreOneLine()
{
    Recording recording = handMade();
    recording.diagnostics = {makeDiagnostic(Code::LostEvents, QStringLiteral("7 events"), QStringLiteral("/t/a\nb")),
        makeDiagnostic(Code::NoKvmEvents, QStringLiteral("none"))};
    const Printed result = printed(optionsOf(Command::Report), recording);
    QCOMPARE(result.err, QByteArray("warning: lost-events: 7 events (/t/a\\x0ab)\nwarning: no-kvm-events: none\n"));
}

void TestPresent::status()
{
    Options options = optionsOf(Command::Report);
    Recording recording = handMade();
    recording.diagnostics = {makeDiagnostic(Code::TimeStepsBack, QStringLiteral("clamped"))};
    options.strict = true;
    QVERIFY(printed(options, recording).status == ExitStatus::Success);
    recording.diagnostics = {makeDiagnostic(Code::LostEvents, QStringLiteral("7 events"))};
    QVERIFY(printed(options, recording).status == ExitStatus::DataLost);
    options.strict = false;
    QVERIFY(printed(options, recording).status == ExitStatus::Success);

    options.selection.vcpus = QStringList{QStringLiteral("a,b/9")};
    const Printed wrong = printed(options);
    QVERIFY(wrong.status == ExitStatus::Usage && wrong.out.isEmpty());
    QVERIFY(wrong.err.contains("a,b/0, vm/pCPU 0"));
    options.selection.vcpus.clear();

    QVERIFY(printed(options, Recording{}).status == ExitStatus::NothingReadable);
    Recording unreadable;
    unreadable.traces.resize(1);
    unreadable.traces[0].path = QStringLiteral("/t/x");
    QVERIFY(printed(options, unreadable).status == ExitStatus::Success); // an empty trace
    unreadable.diagnostics
        = {makeDiagnostic(Code::TraceUnreadable, QStringLiteral("bad metadata"), QStringLiteral("/t/x"))};
    QVERIFY(printed(options, unreadable).status == ExitStatus::NothingReadable);
}

QTEST_GUILESS_MAIN(TestPresent)
#include "tst_present.moc"
