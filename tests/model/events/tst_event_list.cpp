// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events/event_list.h"

#include <QElapsedTimer>

#include <limits>
#include <random>

#include "tests/model/load/trace_copy.h"
#include "tests/tools/babeltrace_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::test;
using namespace exitscope::testing;

namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
constexpr TimeRange kEver{0, Ns{4'000'000'000} * 1'000'000'000};

const QString kSample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample");

// Those of one trace, by what they say themselves.
std::vector<EventText> textsOf(const EventList &list, const Recording &recording, const QString &path)
{
    std::vector<EventText> texts;
    for (const ListedEvent &listed : list.events)
        if (recording.traces[listed.trace].path == path)
            texts.push_back(textOf(listed.event));
    std::ranges::sort(texts);
    return texts;
}

// Of one host, whose clock is the trace's own.
std::vector<EventText> hostTexts(const Recording &recording, TimeRange range)
{
    const EventList list = readEvents(recording, {}, range, kAll);
    if (!list.diagnostics.empty() || list.areMore)
        return {{0, list.diagnostics.front().message.toUtf8()}};
    for (std::size_t i = 0; i < list.events.size(); ++i) {
        const ListedEvent &listed = list.events[i];
        if (listed.timeNs != listed.event.timeNs || (i > 0 && listed.timeNs < list.events[i - 1].timeNs))
            return {{listed.timeNs, "not in the order of times"}};
    }
    return textsOf(list, recording, recording.traces.front().path);
}

// Around some exits of the first vCPUs of all VMs: the first, the last, and a few between.
std::vector<TimeRange> aroundExits(const Recording &recording, int each)
{
    constexpr Ns kBeside = 50'000;
    std::mt19937 random(18); // NOLINT: the same in every run
    std::vector<TimeRange> ranges;
    for (const Vm &vm : recording.hosts.at(0).vms) {
        for (const Vcpu &vcpu : vm.vcpus) {
            const std::size_t count = vcpu.exits.size();
            std::vector<std::size_t> exits{0, count - 1};
            for (int i = 0; i < each; ++i)
                exits.push_back(random() % count);
            for (const std::size_t exit : exits)
                ranges.push_back({vcpu.exits.time(exit) - kBeside, vcpu.exits.event(exit) + kBeside});
        }
    }
    return ranges;
}

const char *const kScript = R"(
10 p0 kvm_entry tid=31
20 p1 kvm_entry tid=32
20 p0 kvm_exit reason=10 isa=1 tid=31
30 p0 kvm_entry tid=31
30 p1 kvm_exit reason=10 isa=1 tid=32
40 p1 kvm_entry tid=32
)";

} // namespace

// Events of a range, read again from the traces.
class TestEventList : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sampleEqualsBabeltrace();
    void aroundExitsOfTheSample();
    void aroundExitsOfStorms();
    void otherRecordings_data();
    void otherRecordings();
    void guestsOnTheHostsClock();
    void stepsOfTheGuestsClock();
    void orderAndLimit();
    void cancelled();
    void goneOrChanged_data();
    void goneOrChanged();
};

void TestEventList::sampleEqualsBabeltrace()
{
    if (!hasBabeltrace())
        QSKIP("there is no babeltrace2");
    const Recording recording = loadRecording({kSample}, options());
    QCOMPARE(recording.guests.size(), std::size_t(1));
    const std::array maps{ClockMap(ClockLine{})}; // any that leaves nothing out
    const EventList list = readEvents(recording, maps, kEver, kAll);
    QVERIFY(list.diagnostics.empty());
    std::size_t events = 0;
    for (const TraceInfo &trace : recording.traces) {
        const std::vector<EventText> expected = babeltraceEvents(trace.path);
        QVERIFY(expected.size() > 1000);
        QCOMPARE(difference(textsOf(list, recording, trace.path), expected), QByteArray());
        events += expected.size();
    }
    QCOMPARE(list.events.size(), events);
}

void TestEventList::aroundExitsOfTheSample()
{
    if (!hasBabeltrace())
        QSKIP("there is no babeltrace2");
    const QString host = kSample + QStringLiteral("/host");
    const std::vector<EventText> all = babeltraceEvents(host);
    const Recording recording = loadRecording({host}, options());
    for (const TimeRange &range : aroundExits(recording, 50)) {
        const std::vector<EventText> expected = between(all, range.from, range.to);
        QVERIFY(!expected.empty());
        QCOMPARE(difference(hostTexts(recording, range), expected), QByteArray());
    }
}

void TestEventList::aroundExitsOfStorms()
{
    NEEDS_REAL_TRACES();
    const std::vector<EventText> all = babeltraceEvents(realTrace(QStringLiteral("storms/host")));
    const Recording recording = loadRecording({realTrace(QStringLiteral("storms/host"))}, options());
    for (const TimeRange &range : aroundExits(recording, 20))
        QCOMPARE(difference(hostTexts(recording, range), between(all, range.from, range.to)), QByteArray());
}

void TestEventList::otherRecordings_data()
{
    NEEDS_REAL_TRACES();
    QTest::addColumn<QString>("path");
    for (const char *path : {"traces/disk/host", "traces/vmstart/host", "traces/idle/host-min", "stock/host",
             "cases/13-duplicates/perf", "cases/14-perf-p/perf"})
        QTest::newRow(path) << QDir::cleanPath(QStringLiteral(EXITSCOPE_SHARED_DIR "/") + QString::fromLatin1(path));
}

void TestEventList::otherRecordings()
{
    QFETCH(QString, path);
    if (!QFileInfo::exists(path))
        QSKIP("this recording is not there");
    const Recording recording = loadRecording({path}, options());
    QVERIFY(!recording.hosts.empty());
    QCOMPARE(difference(hostTexts(recording, kEver), babeltraceEvents(path)), QByteArray());
}

// host = guest + 1000, and a quarter faster.
void TestEventList::guestsOnTheHostsClock()
{
    WrittenRecording written;
    written.add(kScript).add("100 p0 sched_switch prev_tid=0 next_tid=5\n120 p0 sched_switch prev_tid=5 next_tid=0\n",
        "guest", [](CtfOptions &options) { options.hostname = "guest1"; });
    LoadOptions roles;
    roles.roles[written.path("guest")] = TraceRole::Guest;
    const Recording recording = written.load(roles);
    QCOMPARE(recording.guests.size(), std::size_t(1));
    const auto times = [&](const ClockMap &map, TimeRange range) {
        std::vector<std::pair<Ns, Ns>> both;
        for (const ListedEvent &listed : readEvents(recording, std::array{map}, range).events)
            if (recording.traces[listed.trace].role == TraceRole::Guest)
                both.emplace_back(listed.timeNs, listed.event.timeNs);
        return both;
    };
    using Times = std::vector<std::pair<Ns, Ns>>;
    const ClockMap map(ClockLine{100, 1100, 0.25});
    const Ns own = recording.guests.front().range.from - 100; // of the origin
    const ClockMap shifted(ClockLine{100 + own, 1100, 0.25});
    QVERIFY((times(shifted, {1100, 1126}) == Times{{1100, own + 100}, {1125, own + 120}}));
    QVERIFY((times(shifted, {1100, 1125}) == Times{{1100, own + 100}}));
    QVERIFY((times(shifted, {1101, 1126}) == Times{{1125, own + 120}}));
    QVERIFY(times(ClockMap(), {0, 2000}).empty());
}

// Two pieces: up to guest time 100 host = guest, from there on host = guest + 1000.
void TestEventList::stepsOfTheGuestsClock()
{
    ClockPiece first{ClockLine{0, 0, 0}, kNoTime, {kNoTime, kNoTime}, {}};
    ClockPiece second{ClockLine{100, 1100, 0}, 100, {100, 100}, {}};
    const ClockMap map({first, second});
    for (Ns guest = 50; guest < 150; ++guest) {
        const Ns host = map.toHost(guest);
        const TimeRange times = guestTimesOf(map, {host, host + 1});
        QVERIFY(times.contains(guest));
        QVERIFY(times.length() <= 6);
    }
    QVERIFY((guestTimesOf(map, {0, 2000}) == TimeRange{-2, 1002}));
    QCOMPARE(guestTimesOf(map, {500, 600}).length(), Ns(0)); // in the step
}

void TestEventList::orderAndLimit()
{
    WrittenRecording written;
    written.add(kScript);
    const Recording recording = written.load();
    const Ns origin = recording.hosts.at(0).range.from - 10;
    const auto read = [&](Ns from, Ns to, std::size_t most) {
        const EventList list = readEvents(recording, {}, {origin + from, origin + to}, most);
        QStringList texts;
        for (const ListedEvent &listed : list.events)
            texts << QStringLiteral("%1 p%2 %3 %4")
                         .arg(listed.timeNs - origin)
                         .arg(listed.event.pcpu)
                         .arg(QString::fromStdString(listed.event.name))
                         .arg(listed.event.tid);
        return list.areMore ? texts << QStringLiteral("…") : texts;
    };
    const QStringList all = read(0, 100, 100);
    QCOMPARE(all.size(), 6);
    QCOMPARE(all.mid(1, 2),
        (QStringList{QStringLiteral("20 p0 kvm_x86_exit 31"), QStringLiteral("20 p1 kvm_x86_entry 32")}));
    QCOMPARE(read(0, 100, 6), all);
    QCOMPARE(read(0, 100, 2), all.mid(0, 2) << QStringLiteral("…"));
    QCOMPARE(read(20, 30, 100), all.mid(1, 2));
    QCOMPARE(read(30, 40, 2), all.mid(3, 2));
    QVERIFY(read(41, 100, 2).isEmpty());
}

void TestEventList::cancelled()
{
    const Recording recording = loadRecording({kSample}, options());
    const std::atomic<bool> cancel = true;
    const EventList list = readEvents(recording, {}, kEver, kAll, &cancel);
    QVERIFY(list.events.empty());
    QVERIFY(list.diagnostics.empty());
}

void TestEventList::goneOrChanged_data()
{
    QTest::addColumn<QString>("what");
    QTest::addColumn<QString>("message");
    QTest::newRow("gone") << QStringLiteral("gone") << QStringLiteral("it is gone;");
    QTest::newRow("longer") << QStringLiteral("longer") << QStringLiteral("it changed since it was opened;");
    QTest::newRow("other") << QStringLiteral("other") << QStringLiteral("it changed since it was opened;");
}

// Nothing of it is shown.
void TestEventList::goneOrChanged()
{
    QFETCH(QString, what);
    QFETCH(QString, message);
    QTemporaryDir dir;
    const QString host = copyTree(kSample + QStringLiteral("/host"), dir.filePath(QStringLiteral("host")));
    const Recording recording = loadRecording({host}, options());
    QVERIFY(!readEvents(recording, {}, kEver).events.empty());
    const QString file = host + QStringLiteral("/ch_1");
    if (what == QStringLiteral("gone"))
        QVERIFY(QFile::remove(file));
    else if (what == QStringLiteral("longer"))
        overwrite(file, QFileInfo(file).size(), "x");
    else
        QVERIFY(QFile::remove(file) && QFile::copy(host + QStringLiteral("/ch_0"), file));
    const EventList list = readEvents(recording, {}, kEver);
    QVERIFY(list.events.empty());
    QCOMPARE(codes(list.diagnostics), QStringList{QStringLiteral("events-unreadable")});
    QVERIFY2(list.diagnostics.front().message.contains(message), qPrintable(list.diagnostics.front().message));
    QCOMPARE(list.diagnostics.front().path, file);
}

QTEST_GUILESS_MAIN(TestEventList)
#include "tst_event_list.moc"
