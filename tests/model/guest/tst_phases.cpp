// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QtTest>

#include "model/causes/guest_accounts.h"
#include "model/causes/phases.h"
#include "model/clock/guests_of_exits.h"
#include "model/load/load.h"
#include "model/statistics/statistics.h"
#include "tests/tools/program.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Stretches of time that marks in a guest's trace begin and end.
class TestPhases : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void marks_data();
    void marks();
    void files_data();
    void files();
    void environments();
    void writtenFiles();
    void hostMarks();
    void sample();
    void numbersOfThePhase_data();
    void numbersOfThePhase();
};

namespace {

struct Told {
    Ns time;
    QString text;
};
using AllTold = QList<Told>;

// A guest from 100 to 1000 with marks, and with calls that open files.
Recording guestWith(const AllTold &marks, const AllTold &files)
{
    Recording recording;
    GuestTrace &guest = recording.guests.emplace_back();
    guest.range = {100, 1000};
    for (const Told &mark : marks) {
        guest.marks.time.push_back(mark.time);
        guest.marks.text.push_back(std::uint32_t(guest.names.size()));
        guest.names.push_back(mark.text);
    }
    for (const Told &file : files) {
        if (std::ranges::find(guest.names, file.text) == guest.names.end())
            guest.names.push_back(file.text);
        guest.calls.file.push_back(std::uint32_t(std::ranges::find(guest.names, file.text) - guest.names.begin()));
        guest.calls.thread.push_back(0);
        guest.calls.begin.push_back(file.time);
        guest.calls.end.push_back(file.time);
        guest.calls.facts.push_back(GuestCalls::Entered);
    }
    return recording;
}

std::vector<Phase> phasesIn(const Recording &recording, const QStringList &files = {})
{
    GuestAlignment alignment; // nothing is known of its clock
    return phasesOf(recording, std::span(&alignment, 1), {}, files);
}

// "pio 2: 300-400"; ? for what was not told.
QString textsOf(const std::vector<Phase> &phases)
{
    QStringList texts;
    for (const Phase &phase : phases)
        texts.append(QStringLiteral("%1 %2: %3%4-%5%6")
                         .arg(phase.name)
                         .arg(phase.number)
                         .arg(phase.hasBegin ? QString() : QStringLiteral("?"))
                         .arg(phase.ownTime.from)
                         .arg(phase.ownTime.to)
                         .arg(phase.hasEnd ? QString() : QStringLiteral("?")));
    return texts.join(QStringLiteral(", "));
}

struct Loaded {
    Recording recording;
    std::vector<GuestAlignment> alignments;
    Selection selection;
};

Loaded loadGuests(const QString &path)
{
    Loaded loaded{loadRecording({path}, {}), {}, {}};
    loaded.alignments = alignGuests(loaded.recording).guests;
    loaded.selection.guests = std::make_shared<const ExitGuests>(guestsOfExits(loaded.recording, loaded.alignments));
    return loaded;
}

} // namespace

void TestPhases::marks_data()
{
    QTest::addColumn<AllTold>("told");
    QTest::addColumn<QString>("phases");
    const auto row = [](const char *name, const QList<std::pair<Ns, const char *>> &marks, const char *phases) {
        AllTold told;
        for (const auto &[time, text] : marks)
            told.append({time, QString::fromUtf8(text)});
        QTest::addRow("%s", name) << told << QString::fromUtf8(phases);
    };
    row("nothing", {}, "");
    row("a pair", {{200, "pio begin"}, {300, "pio end"}}, "pio 1: 200-300");
    row("of one name together",
        {{200, "a begin"}, {300, "a end"}, {310, "b begin"}, {320, "b end"}, {400, "a begin"}, {450, "a end"}},
        "a 1: 200-300, a 2: 400-450, b 1: 310-320");
    row("one in another", {{200, "a begin"}, {250, "b begin"}, {300, "b end"}, {400, "a end"}},
        "a 1: 200-400, b 1: 250-300");
    row("one in one of its name", {{200, "a begin"}, {250, "a begin"}, {300, "a end"}, {400, "a end"}},
        "a 1: 200-400, a 2: 250-300");
    row("no end", {{200, "a begin"}}, "a 1: 200-1000?");
    row("no begin", {{200, "a end"}}, "a 1: ?100-200");
    row("single ones", {{200, "quiet"}, {300, "loud"}, {400, "a begin"}, {500, "a end"}, {600, "last"}},
        "quiet 1: 200-300, loud 1: 300-400, a 1: 400-500, last 1: 600-1000?");
    row("what only looks so", {{200, "begin"}, {300, "the weekend"}}, "begin 1: 200-300, the weekend 1: 300-1000?");
    row("blanks around", {{200, " a  begin \n"}, {300, "a end"}}, "a 1: 200-300");
}

void TestPhases::marks()
{
    QFETCH(AllTold, told);
    QFETCH(QString, phases);
    QCOMPARE(textsOf(phasesIn(guestWith(told, {}))), phases);
}

void TestPhases::files_data()
{
    QTest::addColumn<QStringList>("patterns");
    QTest::addColumn<QString>("phases");
    const auto row = [](const char *name, const QStringList &patterns, const char *phases) {
        QTest::addRow("%s", name) << patterns << QString::fromUtf8(phases);
    };
    row("none", {}, "workload 1: 200-500");
    row("by the last part", {QStringLiteral("*.mark")},
        "workload 1: 200-500, /tmp/a.mark 1: 300-400, b.mark 1: 600-1000?");
    row("by the path", {QStringLiteral("/tmp/?.mark")}, "workload 1: 200-500, /tmp/a.mark 1: 300-400");
    row("another one", {QStringLiteral("mark")}, "workload 1: 200-500");
}

void TestPhases::files()
{
    QFETCH(QStringList, patterns);
    QFETCH(QString, phases);
    const Recording recording = guestWith({},
        {{200, QStringLiteral("./VM_ANALYSIS.txt")}, {300, QStringLiteral("/tmp/a.mark")},
            {400, QStringLiteral("/tmp/a.mark")}, {450, QStringLiteral("NO_VM_ANALYSIS.txt")},
            {500, QStringLiteral("./VM_ANALYSIS.txt")}, {600, QStringLiteral("b.mark")}});
    QCOMPARE(textsOf(phasesIn(recording, patterns)), phases);
}

void TestPhases::environments()
{
    const auto of = [](const AllTold &files) {
        QStringList texts;
        for (const Phase &phase : phasesIn(guestWith({}, files)))
            texts.append(phase.environment);
        return texts.join(QLatin1Char(' '));
    };
    QCOMPARE(of({{200, QStringLiteral("./VM_ANALYSIS.txt")}, {300, QStringLiteral("./VM_ANALYSIS.txt")}}), QString());
    QCOMPARE(of({{150, QStringLiteral("./VM_NATIVE_ANALYSIS.txt")}, {200, QStringLiteral("VM_ANALYSIS.txt")},
                 {300, QStringLiteral("VM_ANALYSIS.txt")}, {400, QStringLiteral("/x/VM_VIRTUALIZED_ANALYSIS.txt")},
                 {500, QStringLiteral("VM_ANALYSIS.txt")}, {600, QStringLiteral("VM_ANALYSIS.txt")}}),
        QStringLiteral("native virtualized"));
    QCOMPARE(of({{200, QStringLiteral("VM_ANALYSIS.txt")}, {300, QStringLiteral("VM_VIRTUALIZED_ANALYSIS.txt")},
                 {400, QStringLiteral("VM_ANALYSIS.txt")}}),
        QStringLiteral("virtualized"));
}

// From the calls of a trace, under a map of the user.
void TestPhases::writtenFiles()
{
    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    const Recording recording = WrittenRecording()
                                    .add("100 p0 kvm_entry vcpu_id=0 tid=31\n"
                                         "200 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0x1000 tid=31\n"
                                         "230 p0 kvm_entry vcpu_id=0 tid=31\n"
                                         "300 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0x1000 tid=31\n"
                                         "340 p0 kvm_entry vcpu_id=0 tid=31\n"
                                         "400 p0 kvm_exit reason=120 isa=2 vcpu_id=0 rip=0x1000 tid=31\n"
                                         "500 p0 kvm_entry vcpu_id=0 tid=31\n")
                                    .add("110 p0 sched_switch prev_tid=0 next_tid=7\n"
                                         "150 p0 other:syscall_entry_openat filename=VM_ANALYSIS.txt tid=7\n"
                                         "160 p0 other:syscall_exit_openat ret=3 tid=7\n"
                                         "240 p0 sched_switch prev_tid=7 prev_state=1 next_tid=0\n"
                                         "345 p0 sched_switch prev_tid=0 next_tid=7\n"
                                         "350 p0 other:syscall_entry_openat filename=VM_ANALYSIS.txt tid=7\n"
                                         "360 p0 other:syscall_exit_openat ret=3 tid=7\n",
                                        "guest",
                                        [](CtfOptions &ctf) {
                                            ctf.hostname = "guest";
                                            ctf.traceUuid = "c0ffee00-0000-4000-8000-000000000009";
                                            ctf.clockUuid = "9e570000-0000-4000-8000-000000000001";
                                        })
                                    .load();
    const std::vector<GuestAlignment> alignments = alignGuests(recording, options).guests;
    Selection selection;
    selection.guests = std::make_shared<const ExitGuests>(guestsOfExits(recording, alignments));
    const auto phaseIn = [&] { return phasesOf(recording, alignments, selection, {}).at(0); };
    QCOMPARE(textsOf({phaseIn()}), QStringLiteral("workload 1: 150-350"));
    QCOMPARE(phaseIn().exits, std::int64_t(2));
    QCOMPARE(phaseIn().gross, Ns(30 + 40));
    QCOMPARE(phaseIn().lost, std::optional<Ns>(30)); // thread 7 has the CPU to 240 and from 345; Kvm from 200 to 230
    selection.from = 210;
    QCOMPARE(phaseIn().exits, std::int64_t(1));
    QCOMPARE(phaseIn().lost, std::optional<Ns>(20));
    QCOMPARE(phaseIn().length(), Ns(200));
    selection.from = 351;
    QVERIFY(phasesOf(recording, alignments, selection, {}).empty());
}

// Of the host's own marks, among other events of which nothing need be told; they change nothing else.
void TestPhases::hostMarks()
{
    const auto load = [](const char *begin, const char *end) {
        std::string script = "100 p0 kvm_entry vcpu_id=0 tid=31\n";
        for (int i = 0; i < 40; ++i)
            script += std::to_string(101 + i) + " p1 other:a tid=40\n";
        script += std::string("150 p1 ") + begin
            + " tid=40\n"
              "200 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0x1000 tid=31\n"
              "230 p0 kvm_entry vcpu_id=0 tid=31\n"
              "300 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0x1000 tid=31\n"
              "340 p0 kvm_entry vcpu_id=0 tid=31\n"
              "350 p1 "
            + end
            + " tid=40\n"
              "400 p0 kvm_exit reason=120 isa=2 vcpu_id=0 rip=0x1000 tid=31\n"
              "500 p0 kvm_entry vcpu_id=0 tid=31\n";
        return loadScript(script);
    };
    const Recording recording = load("other:lttng_logger msg=\"pio begin\"", "other:lttng_logger msg=\"pio end\"");
    Selection selection;
    selection.guests = std::make_shared<const ExitGuests>();
    const std::vector<Phase> phases = phasesOf(recording, {}, selection, {});
    QCOMPARE(textsOf(phases), QStringLiteral("pio 1: 150-350"));
    QVERIFY(!phases[0].guest);
    QCOMPARE(phases[0].exits, std::int64_t(2));
    QCOMPARE(phases[0].gross, Ns(70));
    QVERIFY(!phases[0].lost); // nothing is known of guests
    const Recording plain = load("other:b", "other:b");
    QVERIFY(phasesOf(plain, {}, selection, {}).empty());
    QCOMPARE(statisticsOf(plain, {}).totals.states, statisticsOf(recording, {}).totals.states);
    selection.from = 351;
    QVERIFY(phasesOf(recording, {}, selection, {}).empty());
}

// The marks of the sample's workload, as babeltrace2 prints them, are its phases on the host's clock.
void TestPhases::sample()
{
    const QString guest = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/vm0/guest");
    const test::ProgramResult run
        = test::runProgram(QStringLiteral("babeltrace2"), {QStringLiteral("--clock-seconds"), guest});
    if (run.status != 0)
        QSKIP("babeltrace2 is not here");
    static const QRegularExpression form(
        QStringLiteral("^\\[(\\d+)\\.(\\d{9})\\].* lttng_logger: .*msg = \"(.*)\\\\n\""));
    std::map<QString, Ns> marks;
    for (const QByteArray &line : run.out.split('\n'))
        if (const auto match = form.match(QString::fromUtf8(line)); match.hasMatch())
            marks[match.captured(3)] = match.captured(1).toLongLong() * 1'000'000'000 + match.captured(2).toLongLong();
    const Loaded loaded = loadGuests(QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample"));
    const ClockMap &map = loaded.alignments.at(0).map;
    int pairs = 0;
    for (const Phase &phase : phasesOf(loaded.recording, loaded.alignments, loaded.selection, {})) {
        if (!marks.contains(phase.name + QStringLiteral(" begin")))
            continue;
        QCOMPARE(phase.ownTime.from, marks.at(phase.name + QStringLiteral(" begin")));
        QCOMPARE(phase.ownTime.to, marks.at(phase.name + QStringLiteral(" end")));
        QCOMPARE(phase.range->from, map.toHost(phase.ownTime.from));
        ++pairs;
        if (phase.name == QStringLiteral("cpuid-storm"))
            QVERIFY(phase.exits > 4000);
    }
    QCOMPARE(pairs, 3);
}

void TestPhases::numbersOfThePhase_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"storms", "twovms", "disk", "timers"})
        QTest::addRow("%s", name) << QString::fromLatin1(name);
}

// What a phase had is what a selection of its range has.
void TestPhases::numbersOfThePhase()
{
    QFETCH(QString, name);
    const QString traces = QStringLiteral(EXITSCOPE_SHARED_DIR "/traces/");
    if (!QDir(traces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    Loaded loaded = loadGuests(traces + name);
    const std::vector<Phase> phases = phasesOf(loaded.recording, loaded.alignments, loaded.selection, {});
    QVERIFY(phases.size() > 2);
    for (const Phase &phase : phases) {
        QVERIFY(phase.range && phase.guest);
        loaded.selection.from = phase.range->from;
        loaded.selection.to = phase.range->to;
        for (const GuestAccounts &accounts : guestAccountsOf(loaded.recording, loaded.alignments, loaded.selection)) {
            if (accounts.guest != *phase.guest)
                continue;
            Ns lost = 0, net = 0;
            std::int64_t exits = 0;
            for (const ThreadAccount &account : accounts.threads) {
                const bool isIdle
                    = account.thread == kNobody || loaded.recording.guests[*phase.guest].threads.isIdle(account.thread);
                lost += isIdle ? 0 : account.lost();
                net += account.net;
                exits += account.exits;
            }
            QCOMPARE(phase.lost, std::optional(lost));
            QCOMPARE(phase.net, net);
            QCOMPARE(phase.exits, exits);
        }
    }
}

QTEST_GUILESS_MAIN(TestPhases)
#include "tst_phases.moc"
