// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events/event_list.h"

#include <QElapsedTimer>

#include <QRegularExpression>
#include <QStandardPaths>

#include <limits>
#include <map>
#include <random>

#include "model/record/event_answer.h"
#include "tests/model/load/trace_copy.h"
#include "tests/tools/babeltrace_text.h"
#include "tests/tools/program.h"
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

// Of numbers trace-cmd says nothing of the base, and of those of 64 bits that are no addresses it prints the lower
// half.
bool isSameValue(const RawField &field, const QString &printed)
{
    const QString ours = QString::fromUtf8(field.value.data(), qsizetype(field.value.size()));
    if (field.isText)
        return ours == printed;
    if (printed.startsWith(QLatin1String("ARRAY["))) {
        QStringList bytes = printed.mid(6, printed.size() - 7).split(QStringLiteral(", "));
        for (qsizetype i = 0; i < bytes.size(); ++i)
            bytes[i] = QStringLiteral("[%1] = %2").arg(i).arg(bytes[i].toUInt(nullptr, 16));
        return ours == QString(QStringLiteral("[ ") % bytes.join(QStringLiteral(", ")) % QStringLiteral(" ]"));
    }
    const bool isNegative = ours.startsWith(u'-');
    const quint64 value = isNegative ? quint64(ours.toLongLong()) : ours.toULongLong(nullptr, 0);
    const quint64 decimal = printed.startsWith(u'-') ? quint64(printed.toLongLong()) : printed.toULongLong(nullptr, 10);
    return decimal == value || decimal == (value & 0xffffffff) || printed.toULongLong(nullptr, 16) == value
        || (isNegative && printed.toULongLong(nullptr, 16) == (value & 0xffffffff));
}

// Whether trace-cmd's "a=1 b=0xff c=CPU 0/KVM" has these, in the order of the payload.
bool isPrintedAs(const RawFields &fields, const QString &printed)
{
    qsizetype at = 0;
    std::vector<RawField> payload = fields.fields();
    std::erase_if(payload, [](const RawField &field) { return field.part != RawPart::Payload; });
    for (std::size_t i = 0; i < payload.size(); ++i) {
        const QString name = QString::fromUtf8(payload[i].name.data(), qsizetype(payload[i].name.size())) % u'=';
        if (printed.mid(at, name.size()) != name)
            return false;
        at += name.size();
        const bool isLast = i + 1 == payload.size();
        const QString next = isLast
            ? QString()
            : QString(
                u' ' % QString::fromUtf8(payload[i + 1].name.data(), qsizetype(payload[i + 1].name.size())) % u'=');
        const qsizetype end = isLast ? printed.size() : printed.indexOf(next, at);
        if (end < 0 || !isSameValue(payload[i], printed.mid(at, end - at)))
            return false;
        at = end + 1;
    }
    return true;
}

// A pattern of what perf script prints of an event's own fields.
QString printedByPerf(const RawEvent &event)
{
    std::map<std::string, QString> values;
    for (const RawField &field : event.fields.fields())
        if (field.part == RawPart::Payload)
            values[std::string(field.name)] = QString::fromUtf8(field.value.data(), qsizetype(field.value.size()));
    const auto hex = [&](const char *name, int digits) {
        return QStringLiteral("0x%1").arg(values.at(name).toULongLong(nullptr, 0), digits, 16, QLatin1Char('0'));
    };
    const auto text = [&](const char *name) { return QRegularExpression::escape(values.at(name).simplified()); };
    if (event.name == "kvm:kvm_entry")
        return QStringLiteral("vcpu %1, rip %2").arg(values.at("vcpu_id"), hex("rip", 0));
    if (event.name == "kvm:kvm_exit")
        return QStringLiteral("vcpu %1 reason \\S+ rip %2 info1 %3 info2 %4 intr_info %5 error_code %6")
            .arg(values.at("vcpu_id"), hex("guest_rip", 0), hex("info1", 16), hex("info2", 16), hex("intr_info", 8),
                hex("error_code", 8));
    return QStringLiteral("prev_comm=%1 prev_pid=%2 prev_prio=%3 prev_state=\\S+ ==> next_comm=%4 next_pid=%5 "
                          "next_prio=%6")
        .arg(text("prev_comm"), values.at("prev_pid"), values.at("prev_prio"), text("next_comm"), values.at("next_pid"),
            values.at("next_prio"));
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
    void readerTellsTheSame();
    void traceDatEqualsTraceCmd();
    void perfDataEqualsPerf();
    void textAsItStands();
    void answersAreChecked();
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

// libbabeltrace2, as the native decoder. An empty text may be any there: see difference().
void TestEventList::readerTellsTheSame()
{
    NEEDS_REAL_TRACES();
    const QString path = realTrace(QStringLiteral("storms/host"));
    const Recording ours = loadRecording({path}, options());
    const Recording theirs = loadRecording({path}, readerOptions());
    QCOMPARE(difference(hostTexts(ours, kEver), hostTexts(theirs, kEver)), QByteArray());
    const std::vector<TimeRange> ranges = aroundExits(ours, 1);
    for (const TimeRange &range : ranges)
        QCOMPARE(difference(hostTexts(ours, range), hostTexts(theirs, range)), QByteArray());
    const EventList first = readEvents(theirs, {}, kEver, 10);
    QVERIFY(first.areMore);
    QCOMPARE(first.events.size(), std::size_t(10));
    QCOMPARE(first.events.back().timeNs, readEvents(ours, {}, kEver, 10).events.back().timeNs);
}

// Each of our fields stands in what trace-cmd prints, in the same order; numbers in whatever base.
void TestEventList::traceDatEqualsTraceCmd()
{
    const QString path = QDir::cleanPath(QStringLiteral(EXITSCOPE_SHARED_DIR "/stock/host.dat"));
    if (!QFileInfo::exists(path) || QStandardPaths::findExecutable(QStringLiteral("trace-cmd")).isEmpty())
        QSKIP("there is no trace-cmd, or no recording of it");
    const ProgramResult result = runProgram(
        QStringLiteral("trace-cmd"), {QStringLiteral("report"), QStringLiteral("-R"), QStringLiteral("-t"), path});
    QCOMPARE(result.status, 0);
    const EventList list = readEvents(loadRecording({path}, options()), {}, kEver, kAll);
    QVERIFY(list.diagnostics.empty());
    // By time, CPU and name: what is left of the line.
    static const QRegularExpression line(
        QStringLiteral("-(\\d+)\\s+\\[(\\d+)\\]\\s+(\\d+)\\.(\\d{9}): (\\w+): +(.*)$"));
    std::multimap<QString, QString> theirs;
    for (const QByteArray &text : result.out.split('\n'))
        if (const auto match = line.match(QString::fromUtf8(text)); match.hasMatch())
            theirs.emplace(QStringLiteral("%1%2 %3 %4 %5")
                               .arg(match.captured(3), match.captured(4), QString::number(match.captured(2).toInt()),
                                   match.captured(1), match.captured(5)),
                match.captured(6));
    QVERIFY(theirs.size() > 10'000);
    QCOMPARE(list.events.size(), theirs.size());
    for (const ListedEvent &listed : list.events) {
        const RawEvent &event = listed.event;
        const QString name = QString::fromStdString(event.name).section(QLatin1Char(':'), -1);
        const QString key = QStringLiteral("%1 %2 %3 %4").arg(event.timeNs).arg(event.pcpu).arg(event.tid).arg(name);
        const auto [first, last] = theirs.equal_range(key);
        const auto same
            = std::find_if(first, last, [&](const auto &other) { return isPrintedAs(event.fields, other.second); });
        QVERIFY2(same != last,
            qPrintable(QString(key % u' ' % QString::fromStdString(fieldsText(event.fields))
                % (first == last ? QString() : QString(u'\n' % first->second)))));
        theirs.erase(same);
    }
}

// Their values in the lines of perf script, which prints each kind of event in a form of its own, and -1 for the thread
// that is about to end.
void TestEventList::perfDataEqualsPerf()
{
    const QString path = QDir::cleanPath(QStringLiteral(EXITSCOPE_SHARED_DIR "/stock/perf.data"));
    if (!QFileInfo::exists(path) || QStandardPaths::findExecutable(QStringLiteral("perf")).isEmpty())
        QSKIP("there is no perf, or no recording of it");
    const ProgramResult result = runProgram(QStringLiteral("perf"),
        {QStringLiteral("script"), QStringLiteral("--ns"), QStringLiteral("-F"),
            QStringLiteral("tid,cpu,time,event,trace"), QStringLiteral("-i"), path});
    QCOMPARE(result.status, 0);
    QStringList theirs;
    for (const QString &line : QString::fromUtf8(result.out).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
        theirs << line.simplified();
    const EventList list = readEvents(loadRecording({path}, options()), {}, kEver, kAll);
    QVERIFY(list.diagnostics.empty());
    QCOMPARE(qsizetype(list.events.size()), theirs.size());
    for (qsizetype i = 0; i < theirs.size(); ++i) {
        const RawEvent &event = list.events[std::size_t(i)].event;
        const QString pattern = QStringLiteral("(?:%1|-1) \\[%2\\] %3\\.%4: %5: %6")
                                    .arg(event.tid)
                                    .arg(event.pcpu, 3, 10, QLatin1Char('0'))
                                    .arg(event.timeNs / 1'000'000'000)
                                    .arg(event.timeNs % 1'000'000'000, 9, 10, QLatin1Char('0'))
                                    .arg(QString::fromStdString(event.name), printedByPerf(event));
        QVERIFY2(QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(theirs[i]).hasMatch(),
            qPrintable(QString(pattern % u'\n' % theirs[i])));
    }
}

void TestEventList::textAsItStands()
{
    const QString path = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/text/hlt.txt");
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray text = file.readAll();
    const EventList list = readEvents(loadRecording({path}, options()), {}, kEver, kAll);
    QVERIFY(!list.events.empty());
    for (const ListedEvent &listed : list.events) {
        const std::vector<RawField> fields = listed.event.fields.fields();
        QCOMPARE(fields.size(), std::size_t(1));
        const std::string line = listed.event.name + ": " + std::string(fields.front().value);
        QVERIFY2(text.contains(QByteArray::fromStdString(line)), line.c_str());
    }
}

// A reader can tell anything.
void TestEventList::answersAreChecked()
{
    RawEvent event;
    event.timeNs = 5;
    event.name = "name";
    event.fields.begin(RawPart::Payload);
    event.fields.add("a", "1", false);
    std::string answer;
    wire::appendEvent(answer, event);
    const std::size_t one = answer.size();
    wire::appendEnd(answer, "because");
    wire::EventAnswer whole(answer);
    const auto told = whole.next();
    QVERIFY(told && told->timeNs == 5 && told->name == "name" && told->fields == event.fields);
    QVERIFY(!whole.next() && whole.fault() == "because");
    for (std::size_t length = 0; length < answer.size(); ++length) {
        wire::EventAnswer cut(std::string_view(answer).substr(0, length));
        QCOMPARE(cut.next().has_value(), length >= one);
        QVERIFY(length < one || !cut.next());
        QCOMPARE(cut.fault(), std::string("the reader tells what are no events"));
    }
    for (const auto &[at, byte] : {std::pair(8, 0x7f), std::pair(11, 0x80), std::pair(15, 0x80), std::pair(17, 0xff),
             std::pair(23, 0x7f), std::pair(28, int{'x'})}) {
        std::string damaged = answer;
        damaged[std::size_t(at)] = static_cast<char>(byte);
        if (at == 8)
            damaged[11] = 0x7f; // a pCPU beyond all
        wire::EventAnswer checked(damaged);
        QVERIFY2(!checked.next(), qPrintable(QString::number(at)));
        QCOMPARE(checked.fault(), std::string("the reader tells what are no events"));
    }
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
