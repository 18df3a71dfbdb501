// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <atomic>

#include "model/causes/takers.h"
#include "model/load/load.h"
#include "model/statistics/statistics.h"
#include "model/timeline/host_threads.h"
#include "tests/model/causes/naive_takers.h"
#include "tests/tools/reader_run.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Who ran where preempted vCPUs waited.
class TestTakers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyKind();
    void rangesCut();
    void wokenAndNotYetIn();
    void movedWhileItWaits();
    void movedAndNobodyTellsIt();
    void whereItIsWokenIsNotTold();
    void lossesHideWhoIsThere();
    void aThreadThatTurnsUpElsewhere();
    void withoutProcesses();
    void migrations();
    void namesTellWhomKernelThreadsServe();
    void writtenAndRead();
    void nothingOfWhatIsCancelled();
    void recordingsEqualANaiveComputation_data();
    void recordingsEqualANaiveComputation();
    void hogsLead();
};

namespace {

const char *const kThreads = "thread 30 pid=30 name=qemu\n"
                             "thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                             "thread 32 pid=30 name=\"CPU 1/KVM\"\n"
                             "thread 33 pid=30 name=IO\n"
                             "thread 40 pid=40 name=other\n"
                             "thread 41 pid=40 name=\"CPU 0/KVM\"\n"
                             "thread 43 pid=40 name=IO\n"
                             "thread 50 pid=50 name=vhost-30\n"
                             "thread 70 pid=70 name=hog\n"
                             "1 p9 other:x tid=30\n"
                             "1 p9 other:x tid=40\n";

Recording recordingOf(const std::string &script)
{
    BuiltTimeline built = buildTimeline(kThreads + script);
    Recording recording;
    recording.reasons = std::move(built.reasons);
    recording.hosts.push_back(std::move(built.timeline));
    recording.diagnostics = std::move(built.diagnostics);
    return recording;
}

// "qemu/0 58: own-vcpu CPU 1/KVM 15, host hog 10, free 3, unknown 2"
QStringList textOf(const Recording &recording, const Selection &selection = {})
{
    QStringList rows;
    for (const VcpuTakers &vcpu : takersOf(recording, selection)) {
        QStringList takers;
        for (const Taker &taker : vcpu.takers) {
            const QString name
                = taker.thread == kUnknownHostThread ? QString() : vcpu.vcpu.host->threads[taker.thread].name;
            takers << (QStringList{QString::fromLatin1(info(taker.kind).name.data())}
                + (name.isEmpty() ? QStringList() : QStringList(name)) + QStringList(QString::number(taker.ns)))
                          .join(u' ');
        }
        if (vcpu.preempted > 0)
            rows << QStringLiteral("%1 %2: %3")
                        .arg(vcpu.vcpu.id())
                        .arg(vcpu.preempted)
                        .arg(takers.join(QStringLiteral(", ")));
    }
    return rows;
}

QString occupancyOf(const Timeline &host, std::int32_t pcpu)
{
    QStringList text;
    for (const PcpuColumns &columns : host.pcpus)
        for (std::size_t i = 0; columns.pcpu == pcpu && i < columns.begin.size(); ++i)
            text << QStringLiteral("%1 %2")
                        .arg(columns.begin[i])
                        .arg(columns.thread[i] == kUnknownHostThread
                                ? QStringLiteral("-")
                                : QString::number(host.threads[columns.thread[i]].tid));
    return text.join(QStringLiteral(", "));
}

// Threads of all kinds run on p0 while the vCPU of tid 31 waits there from 30 to 100.
const char *const kEveryKind = "10 p0 kvm_entry tid=31\n"
                               "20 p0 kvm_exit reason=10 isa=1 tid=31\n"
                               "30 p0 sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
                               "40 p0 sched_switch prev_tid=70 prev_state=1 next_tid=33\n"
                               "46 p0 sched_switch prev_tid=33 prev_state=1 next_tid=50\n"
                               "55 p0 sched_switch prev_tid=50 prev_state=1 next_tid=41\n"
                               "56 p0 kvm_entry tid=41\n"
                               "57 p0 kvm_exit reason=10 isa=1 tid=41\n"
                               "70 p0 sched_switch prev_tid=41 prev_state=1 next_tid=32\n"
                               "71 p0 kvm_entry tid=32\n"
                               "72 p0 kvm_exit reason=10 isa=1 tid=32\n"
                               "86 p0 sched_switch prev_tid=32 prev_state=1 next_tid=43\n"
                               "93 p0 sched_switch prev_tid=43 prev_state=1 next_tid=0\n"
                               "96 p0 sched_switch prev_tid=0 prev_state=0 next_tid=70\n"
                               "98 p0 sched_switch prev_tid=70 prev_state=0 next_tid=31\n"
                               "100 p0 kvm_entry tid=31\n";

} // namespace

void TestTakers::everyKind()
{
    const Recording recording = recordingOf(kEveryKind);
    QCOMPARE(textOf(recording),
        QStringList(QStringLiteral("qemu/0 68: own-vcpu CPU 1/KVM 16, other-vcpu CPU 0/KVM 15, host hog 12, "
                                   "own-thread vhost-30 9, other-thread IO 7, own-thread IO 6, free 3")));
    const VcpuTakers first = takersOf(recording, {}).front();
    QCOMPARE(first.byKind(), (std::array<Ns, kTakerKinds>{16, 15, 15, 7, 12, 3, 0}));
    QCOMPARE(first.takers[2].times, std::int64_t(2));
    QCOMPARE(countOf(recording.diagnostics, "waits-elsewhere"), std::int64_t(0));
}

void TestTakers::rangesCut()
{
    const Recording recording = recordingOf(kEveryKind);
    Selection selection;
    selection.from = 35;
    selection.to = 60;
    QCOMPARE(textOf(recording, selection),
        QStringList(
            QStringLiteral("qemu/0 25: own-thread vhost-30 9, own-thread IO 6, host hog 5, other-vcpu CPU 0/KVM 5")));
    selection.vcpus.insert({{0, 0}, 1});
    QCOMPARE(textOf(recording, selection), QStringList());
    selection.vcpus.clear();
    for (Ns from = 0; from < 100; from += 7) { // pieces sum to the whole
        Ns sum = 0;
        for (Ns at = from; at < 110; at += 3) {
            selection.from = at;
            selection.to = at + 3;
            const VcpuTakers first = takersOf(recording, selection).front();
            for (const Taker &taker : first.takers)
                sum += taker.ns;
        }
        QCOMPARE(sum, Ns(98) - std::clamp<Ns>(from, 30, 98));
    }
}

// It waits where the wake-up says, from then on.
void TestTakers::wokenAndNotYetIn()
{
    const Recording recording = recordingOf("10 p0 kvm_entry tid=31\n"
                                            "20 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                            "25 p1 sched_switch prev_tid=0 prev_state=0 next_tid=70\n"
                                            "30 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0\n"
                                            "50 p0 sched_wakeup woken=31 target=1 tid=0\n"
                                            "60 p1 sched_switch prev_tid=70 prev_state=0 next_tid=0\n"
                                            "62 p1 sched_switch prev_tid=0 prev_state=0 next_tid=31\n"
                                            "70 p1 kvm_entry tid=31\n");
    QCOMPARE(textOf(recording), QStringList(QStringLiteral("qemu/0 12: host hog 10, free 2")));
}

namespace {

std::string moved(const std::string &how)
{
    return "5 p1 sched_switch prev_tid=70 prev_state=0 next_tid=0\n"
           "10 p0 kvm_entry tid=31\n"
           "20 p0 kvm_exit reason=10 isa=1 tid=31\n"
           "30 p0 sched_switch prev_tid=31 prev_state=0 next_tid=43\n"
        + how
        + "50 p1 sched_switch prev_tid=0 prev_state=0 next_tid=31\n"
          "60 p1 kvm_entry tid=31\n"
          "65 p0 sched_switch prev_tid=43 prev_state=0 next_tid=0\n";
}

} // namespace

void TestTakers::movedWhileItWaits()
{
    const Recording recording = recordingOf(moved("42 p1 sched_migrate_task moved=31 from=0 to=1 tid=0\n"));
    QCOMPARE(textOf(recording), QStringList(QStringLiteral("qemu/0 20: host IO 12, free 8")));
    QCOMPARE(countOf(recording.diagnostics, "waits-elsewhere"), std::int64_t(0));
}

void TestTakers::movedAndNobodyTellsIt()
{
    const Recording recording = recordingOf(moved({}));
    QCOMPARE(textOf(recording), QStringList(QStringLiteral("qemu/0 20: host IO 20")));
    QCOMPARE(countOf(recording.diagnostics, "waits-elsewhere"), std::int64_t(1));
    const auto told = std::ranges::find(recording.diagnostics, QStringLiteral("waits-elsewhere"), &Diagnostic::code);
    QVERIFY2(
        told->message.contains(QStringLiteral("20 ns")) && told->message.contains(QStringLiteral("sched_migrate_task")),
        qPrintable(told->message));
}

void TestTakers::whereItIsWokenIsNotTold()
{
    const Recording recording = recordingOf("10 p0 kvm_entry tid=31\n"
                                            "20 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                            "30 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0\n"
                                            "50 p0 sched_wakeup woken=31 target=-1 tid=0\n"
                                            "53 p0 sched_migrate_task moved=31 from=1 to=0 tid=0\n"
                                            "60 p0 sched_switch prev_tid=0 prev_state=0 next_tid=31\n"
                                            "70 p0 kvm_entry tid=31\n");
    QCOMPARE(textOf(recording), QStringList(QStringLiteral("qemu/0 10: free 7, unknown 3")));
}

// In a blind stretch nobody knows who is there; behind it the next switch tells it.
void TestTakers::lossesHideWhoIsThere()
{
    const Recording recording = recordingOf("10 p0 kvm_entry tid=31\n"
                                            "20 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                            "25 p1 sched_switch prev_tid=70 prev_state=1 next_tid=0\n"
                                            "30 p0 sched_switch prev_tid=31 prev_state=0 next_tid=43\n"
                                            "packet p0\n"
                                            "lose_packets p0 1\n"
                                            "50 p0 other:x\n"
                                            "60 p0 sched_switch prev_tid=33 prev_state=0 next_tid=31\n"
                                            "62 p0 kvm_entry tid=31\n"
                                            "65 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                            "70 p0 sched_switch prev_tid=31 prev_state=0 next_tid=43\n"
                                            "80 p0 sched_switch prev_tid=43 prev_state=0 next_tid=31\n");
    QCOMPARE(occupancyOf(recording.hosts[0], 0), QStringLiteral("1 31, 30 -, 50 33, 60 31, 70 43, 80 31"));
    QCOMPARE(occupancyOf(recording.hosts[0], 1), QStringLiteral("1 70, 25 0"));
    QCOMPARE(textOf(recording), QStringList(QStringLiteral("qemu/0 10: host IO 10")));
}

// Who is on its pCPU from then on is not known.
void TestTakers::aThreadThatTurnsUpElsewhere()
{
    const Recording recording = recordingOf("10 p0 kvm_entry tid=31\n"
                                            "20 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                            "30 p0 sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
                                            "34 p1 other:x tid=70\n"
                                            "40 p0 sched_switch prev_tid=70 prev_state=1 next_tid=31\n"
                                            "50 p0 kvm_entry tid=31\n");
    QCOMPARE(textOf(recording), QStringList(QStringLiteral("qemu/0 10: unknown 6, host hog 4")));
}

// Without processes nobody knows to whom a thread belongs that is no vCPU.
void TestTakers::withoutProcesses()
{
    BuiltTimeline built = buildTimeline("10 p0 kvm_entry tid=31\n"
                                        "20 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                        "30 p0 sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
                                        "40 p0 sched_switch prev_tid=70 prev_state=1 next_tid=32\n"
                                        "45 p0 kvm_entry tid=32\n"
                                        "50 p0 sched_switch prev_tid=32 prev_state=1 next_tid=31\n"
                                        "60 p0 kvm_entry tid=31\n");
    Recording recording;
    recording.reasons = built.reasons;
    recording.hosts.push_back(built.timeline);
    const VcpuTakers first = takersOf(recording, {}).front();
    QCOMPARE(first.byKind(), (std::array<Ns, kTakerKinds>{10, 0, 0, 0, 0, 0, 10}));
    QVERIFY(std::ranges::any_of(first.takers, [&](const Taker &taker) {
        return taker.kind == TakerKind::Unknown && recording.hosts[0].threads[taker.thread].tid == 70;
    }));
}

void TestTakers::migrations()
{
    const Recording recording = recordingOf(moved("42 p1 sched_migrate_task moved=31 from=0 to=1 tid=0\n"));
    const auto count = [&](std::optional<Ns> from, std::optional<Ns> to) {
        Selection selection;
        selection.from = from;
        selection.to = to;
        return takersOf(recording, selection).front().migrations;
    };
    QCOMPARE(count({}, {}), std::int64_t(1));
    QCOMPARE(count(50, 51), std::int64_t(1));
    QCOMPARE(count(51, {}), std::int64_t(0));
    QCOMPARE(count({}, 50), std::int64_t(0));
}

void TestTakers::namesTellWhomKernelThreadsServe()
{
    Timeline host;
    host.vms.push_back({QStringLiteral("a"), 30, {}});
    host.vms.push_back({QStringLiteral("b"), 40, {}});
    const auto kind = [&](const char *name, std::optional<std::int32_t> pid) {
        std::vector<HostThread> threads(1);
        threads[0].tid = 5;
        threads[0].pid = pid;
        threads[0].name = QString::fromLatin1(name);
        assignToVms(threads, host.vms);
        return kindOf(threads[0], 0, host);
    };
    QCOMPARE(kind("vhost-30", 5), TakerKind::OwnThread);
    QCOMPARE(kind("vhost-40", 5), TakerKind::OtherThread);
    QCOMPARE(kind("kvm-pit/30", 5), TakerKind::OwnThread);
    QCOMPARE(kind("kvm-nx-lpage-recovery-40", 5), TakerKind::OtherThread);
    QCOMPARE(kind("kvm-nx-lpage-re", 5), TakerKind::Host); // the kernel cuts names, and whose it is with them
    QCOMPARE(kind("vhost-300", 5), TakerKind::Host);
    QCOMPARE(kind("vhost-", 5), TakerKind::Host);
    QCOMPARE(kind("worker", 30), TakerKind::OwnThread);
    QCOMPARE(kind("worker", std::nullopt), TakerKind::Unknown);
}

// The fields as LTTng writes them; and nobody is told to record what was.
void TestTakers::writtenAndRead()
{
    const Recording recording = loadScript(kThreads + moved("42 p1 sched_migrate_task moved=31 from=0 to=1 tid=0\n"));
    QCOMPARE(textOf(recording), QStringList(QStringLiteral("qemu/0 20: host IO 12, free 8")));
    const Recording declared
        = loadScript(kThreads + moved({}), [](CtfOptions &options) { options.declared = {"sched_migrate_task"}; });
    const auto told = std::ranges::find(declared.diagnostics, QStringLiteral("waits-elsewhere"), &Diagnostic::code);
    QVERIFY(told != declared.diagnostics.end());
    QVERIFY2(!told->message.contains(QStringLiteral("lttng")), qPrintable(told->message));
}

void TestTakers::nothingOfWhatIsCancelled()
{
    const std::atomic<bool> cancelled = true;
    QCOMPARE(takersOf(recordingOf(kEveryKind), {}, &cancelled).front().preempted, Ns(0));
}

namespace {

const QString kTraces = QStringLiteral(EXITSCOPE_SHARED_DIR "/traces/");

Recording loaded(const QString &path)
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return loadRecording({path}, options);
}

std::vector<std::vector<Record>> rawRecords(const QString &trace)
{
    QStringList arguments;
    for (const char *stream : {"ch_0", "ch_1"})
        arguments << QStringLiteral("--of") << trace << QString::fromLatin1(stream);
    std::vector<std::vector<Record>> records;
    for (const ReadStream &stream : runReader(arguments, 2).streams)
        records.push_back(stream.records);
    return records;
}

} // namespace

void TestTakers::recordingsEqualANaiveComputation_data()
{
    if (!QFileInfo::exists(kTraces))
        QSKIP("the real recordings are not there: " EXITSCOPE_SHARED_DIR "/traces");
    QTest::addColumn<QString>("trace");
    for (const char *name : {"preempt", "twovms", "disk"})
        QTest::newRow(name) << QString(kTraces + QString::fromLatin1(name) + QStringLiteral("/host"));
}

// To the ns, thread by thread; and they sum to the statistics' preempted time.
void TestTakers::recordingsEqualANaiveComputation()
{
    QFETCH(const QString, trace);
    const Recording recording = loaded(trace);
    std::map<std::int32_t, naive::TimeByThread> naive = naive::takersOf(rawRecords(trace));
    const Statistics statistics = statisticsOf(recording, {});
    Ns all = 0;
    for (const VcpuTakers &vcpu : takersOf(recording, {})) {
        naive::TimeByThread found;
        for (const Taker &taker : vcpu.takers) {
            QVERIFY(taker.thread != kUnknownHostThread);
            found[vcpu.vcpu.host->threads[taker.thread].tid] += taker.ns;
            all += taker.ns;
        }
        QCOMPARE(found, naive.at(*vcpu.vcpu.vcpu->tid));
    }
    QVERIFY(all > 0);
    QCOMPARE(all, statistics.totals.states[std::size_t(VcpuState::Preempted)]);
}

// Three busy threads, that nothing was pinned against: 61 % of 2,238 ms.
void TestTakers::hogsLead()
{
    if (!QFileInfo::exists(kTraces))
        QSKIP("the real recordings are not there: " EXITSCOPE_SHARED_DIR "/traces");
    const Recording recording = loaded(QString(kTraces + QStringLiteral("preempt/host")));
    Ns all = 0, hogs = 0;
    std::array<Ns, kTakerKinds> byKind{};
    for (const VcpuTakers &vcpu : takersOf(recording, {})) {
        all += vcpu.preempted;
        const auto isHog = [&](const Taker &taker) {
            return taker.kind == TakerKind::Host && vcpu.vcpu.host->threads[taker.thread].name == QStringLiteral("hog");
        };
        for (const Taker &taker : vcpu.takers)
            hogs += isHog(taker) ? taker.ns : 0;
        const std::array<Ns, kTakerKinds> own = vcpu.byKind();
        for (std::size_t kind = 0; kind < own.size(); ++kind)
            byKind[kind] += own[kind];
    }
    QVERIFY(std::ranges::max_element(byKind) == byKind.begin() + std::ptrdiff_t(TakerKind::Host));
    QVERIFY(byKind[std::size_t(TakerKind::Host)] >= hogs);
    QCOMPARE((all + 500'000) / 1'000'000, Ns(2238));
    QCOMPARE((100 * hogs + all / 2) / all, Ns(61));
    QCOMPARE(countOf(recording.diagnostics, "waits-elsewhere"), std::int64_t(0));
}

QTEST_GUILESS_MAIN(TestTakers)
#include "tst_takers.moc"
