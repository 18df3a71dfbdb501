// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>
#include <array>
#include <set>

#include "tests/model/property/coincidences.h"
#include "tests/model/property/lossy_check.h"
#include "tests/model/property/lossy_shrink.h"
#include "tests/model/property/naive_timeline.h"
#include "tests/model/property/seeds.h"
#include "tests/model/property/timeline_check.h"

using namespace exitscope;
using namespace exitscope::testing;

// Whatever a recording with losses tells is true of the whole one. No second reading of the definitions says what is to
// be told: they are tested, too. EXITSCOPE_SEED=17 and EXITSCOPE_SEED=1-5000 choose hosts; EXITSCOPE_PRINT=1 prints the
// events of those that fail, EXITSCOPE_SHRINK=1 as few of them as fail; EXITSCOPE_READING=naive asks the naive
// reference instead of the timeline.
namespace {

constexpr std::uint32_t kHosts = 600; // of each kind

struct Reading {
    Vcpus vcpus;
    qint64 contradictions = 0;
};

Reading readingOf(const EventStreams &streams)
{
    static const bool naively = qEnvironmentVariable("EXITSCOPE_READING") == QLatin1String("naive");
    Reading reading;
    if (naively) {
        naive::Result result = naive::timelineOf(streams);
        reading.vcpus = std::move(result.vcpus);
        for (const int n : result.contradictions)
            reading.contradictions += n;
    } else {
        const Built built = build(streams);
        reading.vcpus = vcpusOf(built);
        reading.contradictions = contradictionsTold(built.diagnostics);
    }
    return reading;
}

// What is wrong with the host itself: then it says nothing of what is read from it.
QStringList faultsOf(const LossyHost &host)
{
    QStringList faults;
    if (host.kind != LossKind::Untold && !lossesAreTold(host))
        faults.append(QStringLiteral("events are lost where no loss is told"));
    const qint64 contradictions = readingOf(host.whole()).contradictions;
    if (contradictions != 0)
        faults.append(QStringLiteral("%1 contradictions in the whole recording").arg(contradictions));
    return faults;
}

// What a pseudo-vCPU can tell of: its thread is not known, so neither are its system calls and its death.
EventStreams withoutThreads(EventStreams streams)
{
    for (EventStream &stream : streams.streams) {
        for (EventPacket &packet : stream.packets)
            std::erase_if(
                packet.events,
                [](const Record &record) {
                    return record.kind == EventKind::IoctlEntry || record.kind == EventKind::IoctlExit
                        || record.kind == EventKind::ThreadExit;
                });
    }
    return streams;
}

QStringList untrue(const LossyHost &host)
{
    const EventStreams whole = host.whole();
    Vcpus ofPseudoVcpus;
    if (host.kind == LossKind::NoContexts)
        ofPseudoVcpus = readingOf(withoutThreads(whole)).vcpus;
    const Reading lossy = readingOf(host.lossy());
    QStringList found = TruthCheck(host, readingOf(whole).vcpus, ofPseudoVcpus).untrue(lossy.vcpus);
    // "Events that cannot all be true": those that are left are, and where others are missing is told.
    if (host.kind != LossKind::Untold && lossy.contradictions != 0)
        found.append(QStringLiteral("%1 contradictions told, where there are none").arg(lossy.contradictions));
    return found;
}

void print(const LossyHost &host)
{
    if (qEnvironmentVariableIntValue("EXITSCOPE_SHRINK") != 0) {
        const LossyHost small
            = shrunk(host, [](const LossyHost &next) { return faultsOf(next).isEmpty() && !untrue(next).isEmpty(); });
        qInfo().noquote() << (listing(small) + untrue(small)).join(QLatin1Char('\n'));
    } else if (qEnvironmentVariableIntValue("EXITSCOPE_PRINT") != 0) {
        qInfo().noquote() << listing(host).join(QLatin1Char('\n'));
    }
}

void kinds()
{
    QTest::addColumn<int>("kind");
    for (int kind = 0; kind < kLossKinds; ++kind)
        QTest::newRow(kLossKindNames[static_cast<std::size_t>(kind)]) << kind;
}

LossKind kindOfRow()
{
    QFETCH_GLOBAL(int, kind);
    return static_cast<LossKind>(kind);
}

struct Enough {
    const char *what;
    qint64 least; // of all hosts of a kind
    std::set<LossKind> notIn = {};
};
const std::array kEnough{
    Enough{"packets that tell of a loss", 1'000, {LossKind::Untold, LossKind::Borders}},
    Enough{"events lost", 5'000},
    Enough{"ns known", 300'000},
    Enough{"ns Unknown", 300'000},
    Enough{"timed exits", 2'000},
    Enough{"exits with a run", 2'000},
    Enough{"exits whose timing was dropped", 500, {LossKind::Untold}},
    Enough{"moves to another pCPU that are lost", 100, {LossKind::NoSwitches}},
    Enough{"switches away while another pCPU loses", 300, {LossKind::NoSwitches}},
    Enough{"KVM events while another channel of the pCPU loses", 300, {LossKind::OneChannel, LossKind::Untold}},
    Enough{"asleep after a lost exit, with a halt before", 10,
        {LossKind::NoSwitches, LossKind::NoContexts, LossKind::Untold}},
    Enough{"exits of ioctls whose entry is lost", 50, {LossKind::NoContexts}},
    Enough{"interrupt work whose end is lost", 50},
    Enough{"timed exits over the begin of a loss elsewhere", 100, {LossKind::NoSwitches, LossKind::Untold}},
    Enough{"KVM events that slipped in", 300, {LossKind::Untold, LossKind::Borders}},
};

// How much the losses take, and leave.
void addWhatRemains(Coincidences &found, const LossyHost &host)
{
    const auto timed = [](const naive::Vcpu &vcpu) {
        std::set<Ns> events;
        for (const naive::Exit &exit : vcpu.exits)
            if (exit.end)
                events.insert(exit.event);
        return events;
    };
    const auto unknown = [](const naive::Vcpu &vcpu) {
        Ns sum = 0;
        for (const naive::Interval &interval : vcpu.intervals)
            sum += interval.state == VcpuState::Unknown ? interval.end - interval.begin : 0;
        return sum;
    };
    const Vcpus whole = readingOf(host.whole()).vcpus;
    const auto begins = blindBegins(host);
    for (const auto &[who, vcpu] : readingOf(host.lossy()).vcpus) {
        found["timed exits"] += static_cast<qint64>(timed(vcpu).size());
        found["exits with a run"] += std::count_if(
            vcpu.exits.begin(), vcpu.exits.end(), [](const naive::Exit &exit) { return exit.entry.has_value(); });
        found["ns Unknown"] += unknown(vcpu);
        for (const naive::Interval &interval : vcpu.intervals)
            found["ns known"] += interval.state == VcpuState::Unknown ? 0 : interval.end - interval.begin;
        for (const naive::Exit &exit : vcpu.exits)
            found["timed exits over the begin of a loss elsewhere"]
                += exit.end && std::any_of(begins.begin(), begins.end(), [&exit](const auto &begin) {
                       return begin.second != exit.pcpu && exit.time < begin.first && begin.first < *exit.end;
                   });
        const auto it = whole.find(who);
        if (it == whole.end())
            continue;
        const std::set<Ns> before = timed(it->second), after = timed(vcpu);
        for (const naive::Exit &exit : vcpu.exits)
            found["exits whose timing was dropped"] += before.contains(exit.event) && !after.contains(exit.event);
    }
}

} // namespace

class TestLossyProperty : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { kinds(); }
    void hostsAreTrue();
    void lossesMeanSomething();
    void whatIsToldIsTrue();
};

void TestLossyProperty::hostsAreTrue()
{
    const LossKind kind = kindOfRow();
    const QString failing
        = failingSeeds(seeds(kHosts), [kind](std::uint32_t seed) { return faultsOf(lossyHost(kind, seed)); });
    QVERIFY2(failing.isEmpty(), qPrintable(failing));
}

void TestLossyProperty::lossesMeanSomething()
{
    const LossKind kind = kindOfRow();
    const Seeds chosen = seeds(kHosts);
    Coincidences found;
    for (std::uint32_t seed = chosen.first; seed < chosen.end; ++seed) {
        const LossyHost host = lossyHost(kind, seed);
        addCoincidences(found, host);
        addWhatRemains(found, host);
    }
    QStringList few;
    for (const auto &[what, n] : found)
        if (qEnvironmentVariableIntValue("EXITSCOPE_PRINT") != 0)
            qInfo().noquote() << what << n;
    for (const Enough &enough : kEnough) {
        const auto it = found.find(enough.what);
        const qint64 n = it == found.end() ? 0 : it->second;
        if (!enough.notIn.contains(kind) && n < enough.least)
            few.append(QStringLiteral("%1: %2, not %3").arg(QString::fromLatin1(enough.what)).arg(n).arg(enough.least));
    }
    if (chosen.size() < kHosts)
        QSKIP("only for all seeds");
    QVERIFY2(few.isEmpty(), qPrintable(few.join(QLatin1Char('\n'))));
}

void TestLossyProperty::whatIsToldIsTrue()
{
    const LossKind kind = kindOfRow();
    const QString failing = failingSeeds(seeds(kHosts), [kind](std::uint32_t seed) {
        const LossyHost host = lossyHost(kind, seed);
        const QStringList found = untrue(host);
        if (!found.isEmpty())
            print(host);
        return found;
    });
    QVERIFY2(failing.isEmpty(), qPrintable(failing));
}

QTEST_GUILESS_MAIN(TestLossyProperty)
#include "tst_lossy_property.moc"
