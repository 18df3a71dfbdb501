// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QtTest>

#include "model/causes/accounts.h"
#include "model/clock/guests_of_exits.h"
#include "model/load/load.h"
#include "model/statistics/statistics.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What exits interrupted in their guests.
class TestExitGuests : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contexts();
    void addressesTellMore();
    void outsideOfTheGuestsTrace();
    void boundsLeaveCandidates();
    void lossLeavesUnknown();
    void cpuThatWasNotTraced();
    void unalignedGuestTellsNothing();
    void recordings_data();
    void recordings();
    void everyValueIsAFilter_data();
    void everyValueIsAFilter();
};

namespace {

const QString kShared = QStringLiteral(EXITSCOPE_SHARED_DIR "/");
constexpr const char *kKernelRip = " rip=0xffffffff81000000";

// Runs of tid 31 on pCPU 0 that end at these times, each 50 ns after its entry; the exits have that address.
std::string hostOf(const std::vector<std::pair<Ns, std::string>> &exits)
{
    std::string script;
    for (const auto &[at, rip] : exits)
        script += std::to_string(at - 50) + " p0 kvm_entry vcpu_id=0 tid=31\n" + std::to_string(at)
            + " p0 kvm_exit reason=114 isa=2 vcpu_id=0" + rip + " tid=31\n";
    return script;
}

Recording loadPair(const std::string &host, std::string_view guest)
{
    return WrittenRecording()
        .add(host)
        .add(
            guest, "guest",
            [](CtfOptions &options) {
                options.hostname = "guest";
                options.traceUuid = "c0ffee00-0000-4000-8000-000000000008";
                options.clockUuid = "9e570000-0000-4000-8000-000000000001";
            })
        .load();
}

// The guest's clock is the host's, by the user's word.
std::vector<GuestAlignment> sameClock(const Recording &recording)
{
    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    return alignGuests(recording, options).guests;
}

// "pio-7|syscall:write|yes" of each exit of the first vCPU, candidates where there are several.
QStringList textsOf(const ExitGuests &guests, std::size_t vcpu = 0)
{
    QStringList texts;
    const ExitGuests::OfVcpu *own = guests.of(vcpu);
    for (std::size_t i = 0; own && i < own->rows.size(); ++i) {
        const auto candidates = own->candidates.find(i);
        const auto label = [&](GuestLabel kind) { return guests.plainText(guests.labelOf(vcpu, i, kind)); };
        const std::string_view certain = name(own->rows[i].certainty);
        const bool isOne = candidates == own->candidates.end();
        texts.append((isOne ? label(GuestLabel::Thread) : candidates->second.threads) + QLatin1Char('|')
            + (isOne ? label(GuestLabel::Context) : candidates->second.contexts) + QLatin1Char('|')
            + QString::fromLatin1(certain.data(), qsizetype(certain.size())));
    }
    return texts;
}

QStringList expected(std::initializer_list<const char *> texts)
{
    QStringList list;
    for (const char *text : texts)
        list.append(QString::fromUtf8(text));
    return list;
}

} // namespace

void TestExitGuests::contexts()
{
    const Recording recording = loadPair(
        hostOf({{200, kKernelRip}, {300, " rip=0x401000"}, {400, kKernelRip}, {500, kKernelRip}, {600, kKernelRip}}),
        "thread 7 pid=7 name=pio\n"
        "160 p0 sched_switch prev_tid=0 next_tid=7\n"
        "170 p0 other:syscall_entry_write tid=7\n" // 200
        "260 p0 other:syscall_exit_write tid=7\n" // 300
        "360 p0 softirq_entry number=1 tid=7\n" // 400
        "460 p0 softirq_exit number=1 tid=7\n" // 500
        "560 p0 sched_switch prev_tid=7 next_tid=0\n" // 600
        "700 p0 other:a tid=0\n");
    const ExitGuests guests = guestsOfExits(recording, sameClock(recording));
    QCOMPARE(textsOf(guests),
        expected({"pio-7|syscall:write|yes", "pio-7|user|yes", "pio-7|softirq:TIMER|yes", "pio-7|kernel|yes",
            "swapper/0|idle|yes"}));
    QCOMPARE(guests.text(guests.labelOf(0, 0, GuestLabel::Syscall)), QStringLiteral("write"));
    QCOMPARE(guests.text(guests.labelOf(0, 1, GuestLabel::Syscall)), QStringLiteral("none"));
    QCOMPARE(guests.text(guests.labelOf(0, 1, GuestLabel::Process)), QStringLiteral("pio-7"));
}

// No event tells what thread 7 is in, and thread 8 cannot be in its call at a program's address.
void TestExitGuests::addressesTellMore()
{
    const Recording recording
        = loadPair(hostOf({{200, kKernelRip}, {300, " rip=0x401000"}, {400, " rip=0x401000"}, {500, " rip=0x401000"}}),
            "160 p0 sched_switch prev_tid=0 next_tid=7\n"
            "360 p0 sched_switch prev_tid=7 next_tid=8\n"
            "370 p0 other:syscall_entry_read tid=8\n" // 400
            "460 p0 sched_switch prev_tid=8 next_tid=0\n" // 500: nor does the idle thread run a program
            "600 p0 other:a tid=0\n");
    QCOMPARE(textsOf(guestsOfExits(recording, sameClock(recording))),
        expected({"7||thread", "7|user|yes", "8|syscall:read|thread", "swapper/0|idle|no"}));
}

void TestExitGuests::outsideOfTheGuestsTrace()
{
    const Recording recording = loadPair(hostOf({{200, kKernelRip}, {300, kKernelRip}, {400, kKernelRip}}),
        "260 p0 sched_switch prev_tid=0 next_tid=0\n310 p0 other:a tid=0\n");
    QCOMPARE(textsOf(guestsOfExits(recording, sameClock(recording))), expected({"||no", "swapper/0|idle|yes", "||no"}));
}

// The switch may lie before the exit at 200, or behind it.
void TestExitGuests::boundsLeaveCandidates()
{
    const Recording recording = loadPair(hostOf({{200, kKernelRip}, {300, kKernelRip}}),
        "thread 7 pid=7 name=pio\n"
        "150 p0 sched_switch prev_tid=0 next_tid=0\n"
        "190 p0 sched_switch prev_tid=0 next_tid=7\n"
        "195 p0 other:syscall_entry_read tid=7\n"
        "290 p0 other:a tid=7\n"
        "600 p0 other:a tid=7\n");
    std::vector<GuestAlignment> alignments = sameClock(recording);
    ClockPiece piece = alignments.at(0).map.pieces().front();
    piece.corners = {{0, -15}, {0, 15}};
    alignments[0].map = ClockMap(std::vector{piece});
    QCOMPARE(textsOf(guestsOfExits(recording, alignments)).first(),
        QStringLiteral("pio|swapper/0|syscall:read|idle|kernel|no"));
}

void TestExitGuests::lossLeavesUnknown()
{
    const Recording recording = loadPair(hostOf({{200, kKernelRip}, {300, kKernelRip}, {400, kKernelRip}}),
        "160 p0 sched_switch prev_tid=0 next_tid=7\n"
        "170 p0 other:syscall_entry_read tid=7\n"
        "packet p0\nlose_packets p0 1\n"
        "360 p0 sched_switch prev_tid=7 next_tid=0\n"
        "600 p0 other:a tid=0\n");
    QCOMPARE(textsOf(guestsOfExits(recording, sameClock(recording))), expected({"||no", "||no", "swapper/0|idle|yes"}));
}

void TestExitGuests::cpuThatWasNotTraced()
{
    const Recording recording = loadPair(hostOf({{200, kKernelRip}})
            + "210 p1 kvm_entry vcpu_id=1 tid=32\n"
              "260 p1 kvm_exit reason=114 isa=2 vcpu_id=1 tid=32\n",
        "160 p0 sched_switch prev_tid=0 next_tid=7\n600 p0 other:a tid=7\n");
    const ExitGuests guests = guestsOfExits(recording, sameClock(recording));
    QCOMPARE(textsOf(guests), expected({"7||thread"}));
    QVERIFY(!guests.of(1));
    QCOMPARE(guests.text(guests.labelOf(1, 0, GuestLabel::Thread)), QStringLiteral("unknown"));
}

void TestExitGuests::unalignedGuestTellsNothing()
{
    const Recording recording
        = loadPair(hostOf({{200, kKernelRip}}), "160 p0 sched_switch prev_tid=0 next_tid=7\n600 p0 other:a tid=7\n");
    const std::vector<GuestAlignment> alignments = alignGuests(recording).guests;
    QVERIFY(!alignments.at(0).isAligned());
    QVERIFY(guestsOfExits(recording, alignments).isEmpty());
}

void TestExitGuests::recordings_data()
{
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<int>("ports"); // exits of thread pio, in pwrite64, to port 0x6100: the workload's own number
    QTest::addColumn<int>("cpuids"); // of thread cpuids, in its own code
    const auto add = [](const char *name, QStringList paths, int ports, int cpuids) {
        for (QString &path : paths)
            path.prepend(kShared);
        QTest::addRow("%s", name) << paths << ports << cpuids;
    };
    const auto traces = [](const char *name) { return QString(QStringLiteral("traces/") % QLatin1String(name)); };
    for (const char *name : {"disk", "preempt", "timers", "idle"})
        add(name, {traces(name) % QStringLiteral("/host"), traces(name) % QStringLiteral("/vm0")}, 0, 0);
    add("storms", {traces("storms/host"), traces("storms/vm0")}, 1900, 4535);
    add("twovms", {traces("twovms/host"), traces("twovms/vm0")}, 700, 1235);
    add("stock", {QStringLiteral("stock/host"), QStringLiteral("stock/vm0")}, 600, 1235);
}

void TestExitGuests::recordings()
{
    QFETCH(QStringList, paths);
    QFETCH(int, ports);
    QFETCH(int, cpuids);
    if (!QDir(QString(kShared % QStringLiteral("traces"))).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Recording recording = loadRecording(paths, {});
    const ExitGuests guests = guestsOfExits(recording, alignGuests(recording).guests);
    int found = 0, portsFound = 0, cpuidsFound = 0;
    for (const VcpuAt &vcpu : vcpusOf(recording)) {
        const ExitGuests::OfVcpu *own = guests.of(vcpu.number);
        for (std::size_t i = 0; own && i < own->rows.size(); ++i, ++found) {
            const ExitGuests::Row &row = own->rows[i];
            QVERIFY2(row.certainty == GuestCertainty::Yes, qPrintable(QString::number(vcpu.vcpu->exits.time(i))));
            const QString who = guests.plainText(row.threadName);
            const QString context = guests.plainText(row.labels[std::size_t(GuestLabel::Context)]);
            const Target target = vcpu.vcpu->exits.target(i);
            if (target == Target::of(TargetKind::Port, 0x6100)) {
                QCOMPARE(who, QStringLiteral("pio"));
                QCOMPARE(context, QStringLiteral("syscall:pwrite64"));
                ++portsFound;
            }
            const bool isCpuid = recording.reasons[vcpu.vcpu->exits.reason(i)].name == QStringLiteral("cpuid");
            if (isCpuid && who == QStringLiteral("cpuids")) {
                QCOMPARE(context, QStringLiteral("user"));
                ++cpuidsFound;
            }
        }
    }
    QVERIFY(found > 900);
    QCOMPARE(portsFound, ports);
    QCOMPARE(cpuidsFound, cpuids);
}

void TestExitGuests::everyValueIsAFilter_data()
{
    QTest::addColumn<QString>("key");
    for (const char *key : {"thread", "process", "syscall", "context"})
        QTest::addRow("%s", key) << QString::fromLatin1(key);
}

// A filter with the text of a row selects what is in the row; rows sum to all exits.
void TestExitGuests::everyValueIsAFilter()
{
    QFETCH(QString, key);
    if (!QDir(QString(kShared % QStringLiteral("traces"))).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const QString dir = kShared % QStringLiteral("traces/twovms/");
    const Recording recording
        = loadRecording({QString(dir % QStringLiteral("host")), QString(dir % QStringLiteral("vm1"))}, {});
    Selection selection;
    selection.guests = std::make_shared<const ExitGuests>(guestsOfExits(recording, alignGuests(recording).guests));
    QString error;
    const std::vector<AccountKey> keys = parseAccountKeys(key, error).value();
    const Accounts accounts = accountsOf(recording, selection, keys);
    KeyContext context(recording);
    context.guests = selection.guests.get();
    QVERIFY(accounts.size() > 4); // the other VM's exits are "unknown"
    GroupSum sum;
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        Selection own = selection;
        info(keys[0]).select(context, accounts.values(row)[0], own);
        const Accounts selected = accountsOf(recording, own, {});
        QCOMPARE(selected.total().count, accounts.sums(row).count);
        QCOMPARE(selected.total().parts, accounts.sums(row).parts);
        QCOMPARE(statisticsOf(recording, own).totals.exits, accounts.sums(row).count);
        sum += accounts.sums(row);
    }
    QCOMPARE(sum.count, accountsOf(recording, {}, {}).total().count);
}

QTEST_GUILESS_MAIN(TestExitGuests)
#include "tst_exit_guests.moc"
