// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <map>
#include <set>

#include "model/timeline/vcpu_machine.h"
#include "model/timeline/vcpu_track.h"

using namespace exitscope;

namespace {

using S = MachineState;
using E = MachineEvent;

// What each event makes of each state, written down once more from the definitions, in another form than the table:
// G Guest, L Leaving, K Kvm, U Userspace, - Unknown, X Dead; after it p Preempted, i Idle, b Blocked, a asleep.
// Columns: HostEvent Entry Exit UserspaceExit RunEntry RunExit SwitchIn OutRunnable OutResting OutWaiting OutForgotten
// OutDead Wakeup Lost Doubted
const std::map<QByteArray, const char *> kExpected{
    {"-", "-  G  K  U  K  U  -  -  -  -  -  X  -  -  -"},
    {"X", "X  X  X  X  X  X  X  X  X  X  X  X  X  X  X"},
    {"G", "L  G  K  U  L  U  L  Lp Li Lb La X  G  -  -"},
    {"L", "L  G  K  U  L  U  L  Lp Li Lb La X  L  -  -"},
    {"K", "K  G  K  U  K  U  K  Kp Ki Kb Ka X  K  -  -"},
    {"U", "U  G  K  U  K  U  U  Up Ui Ub Ua X  U  -  -"},
    {"Lp", "Lp G  K  U  L  U  L  Lp Li Lb La X  Lp -  -"},
    {"Li", "Li G  K  U  L  U  L  Lp Li Lb La X  Lp -  -"},
    {"Lb", "Lb G  K  U  L  U  L  Lp Li Lb La X  Lp -  -"},
    {"La", "La G  K  U  L  U  L  Lp Li Lb La X  Lp -  -"},
    {"Kp", "Kp G  K  U  K  U  K  Kp Ki Kb Ka X  Kp -  -"},
    {"Ki", "Ki G  K  U  K  U  K  Kp Ki Kb Ka X  Kp -  -"},
    {"Kb", "Kb G  K  U  K  U  K  Kp Ki Kb Ka X  Kp -  -"},
    {"Ka", "Ka G  K  U  K  U  K  Kp Ki Kb Ka X  Kp -  -"},
    {"Up", "Up G  K  U  K  U  U  Up Ui Ub Ua X  Up -  -"},
    {"Ui", "Ui G  K  U  K  U  U  Up Ui Ub Ua X  Up -  -"},
    {"Ub", "Ub G  K  U  K  U  U  Up Ui Ub Ua X  Up -  -"},
    {"Ua", "Ua G  K  U  K  U  U  Up Ui Ub Ua X  Up -  -"},
};

const std::map<QByteArray, S> kLetters{
    {"-", S::Unknown},
    {"X", S::Dead},
    {"G", S::Guest},
    {"L", S::Leaving},
    {"K", S::Kvm},
    {"U", S::Userspace},
    {"Lp", S::LeavingPreempted},
    {"Li", S::LeavingIdle},
    {"Lb", S::LeavingBlocked},
    {"La", S::LeavingAsleep},
    {"Kp", S::KvmPreempted},
    {"Ki", S::KvmIdle},
    {"Kb", S::KvmBlocked},
    {"Ka", S::KvmAsleep},
    {"Up", S::UserspacePreempted},
    {"Ui", S::UserspaceIdle},
    {"Ub", S::UserspaceBlocked},
    {"Ua", S::UserspaceAsleep},
};

constexpr std::int64_t kAsleep = 1;
constexpr std::int64_t kRunnable = 256;
constexpr std::int64_t kDead = 0x10;

QString text(std::string_view view)
{
    return QString::fromUtf8(view.data(), qsizetype(view.size()));
}

QByteArray rowName(S state, E event)
{
    return (text(name(state)) + QStringLiteral(" + ") + text(name(event))).toUtf8();
}

void exitEvent(VcpuTrack &track, Ns t, bool halt)
{
    Record record;
    record.timeNs = t;
    record.pcpu = 0;
    record.kind = EventKind::VmExit;
    record.isa = 1;
    record.exit = {0x1000, halt ? 12u : 10u, 0, 0, {}};
    track.exit(t, 0, record, halt ? 1 : 0, halt);
}

// For a cause that is forgotten.
bool isAsleep(S state)
{
    return state == S::LeavingAsleep || state == S::KvmAsleep || state == S::UserspaceAsleep;
}

// Brings a track into the state by real events, the last of them at time 40; `rests`: its last exit was a halt.
VcpuTrack trackIn(S state, bool rests)
{
    VcpuTrack track;
    if (state == S::Unknown)
        return track;
    track.enter(5, 0, EntryData{0});
    exitEvent(track, 8, rests);
    if (hasOpenEntry(state)) {
        track.enter(20, 0, EntryData{0});
        if (state != S::Guest)
            track.hostEvent(25);
    }
    if (isUserspace(state))
        track.leaveForUserspace(30, 0, UserspaceExitData{rests ? 5 : 2, 0});
    const VcpuState visible = visibleState(state);
    if (isAsleep(state))
        track.forgetRest();
    if (state == S::Dead)
        track.switchOut(40, 0, kDead);
    else if (!info(visible).onPcpu)
        track.switchOut(40, 0, visible == VcpuState::Preempted ? kRunnable : kAsleep);
    return track;
}

// A sleep rests or waits by what the track remembers, so a blocked thread cannot turn idle while it is off its pCPU;
// what is forgotten it does not remember again.
bool reachable(S from, E event)
{
    if (isAsleep(from) && (event == E::OutResting || event == E::OutWaiting))
        return false;
    return !(visibleState(from) == VcpuState::Idle && event == E::OutWaiting)
        && !(visibleState(from) == VcpuState::Blocked && event == E::OutResting);
}

void send(VcpuTrack &track, E event, Ns t)
{
    switch (event) {
    case E::HostEvent:
        return track.hostEvent(t);
    case E::Entry:
        return track.enter(t, 0, EntryData{0});
    case E::Exit:
        return exitEvent(track, t, false);
    case E::UserspaceExit:
        return track.leaveForUserspace(t, 0, UserspaceExitData{2, 0});
    case E::RunEntry:
        return track.runSyscall(t, 0, true);
    case E::RunExit:
        return track.runSyscall(t, 0, false);
    case E::SwitchIn:
        return track.switchIn(t, 0);
    case E::OutRunnable:
        return track.switchOut(t, 0, 0);
    case E::OutResting:
    case E::OutWaiting:
        return track.switchOut(t, 0, kAsleep);
    case E::OutForgotten:
        track.forgetRest();
        return track.switchOut(t, 0, kAsleep);
    case E::OutDead:
        return track.switchOut(t, 0, kDead);
    case E::Wakeup:
        return track.wakeUp(t, 0);
    case E::Lost:
        return track.lose(t, true);
    case E::Doubted:
        return track.doubt(t);
    }
}

} // namespace

class TestVcpuMachine : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyPairIsListedOnce();
    void transitions_data();
    void transitions();
    void eventsDriveTheTable_data();
    void eventsDriveTheTable();
    void ignoredEventsSayWhy_data();
    void ignoredEventsSayWhy();
};

void TestVcpuMachine::everyPairIsListedOnce()
{
    QCOMPARE(allTransitions().size(), std::size_t(kMachineStates * kMachineEvents));
    QCOMPARE(kExpected.size(), std::size_t(kMachineStates));
    std::set<std::pair<S, E>> pairs;
    for (const Transition &row : allTransitions())
        pairs.insert({row.from, row.on});
    QCOMPARE(pairs.size(), allTransitions().size());
}

void TestVcpuMachine::transitions_data()
{
    QTest::addColumn<int>("from");
    QTest::addColumn<int>("event");
    QTest::addColumn<int>("to");
    for (const auto &[letter, row] : kExpected) {
        const QList<QByteArray> cells = QByteArray(row).simplified().split(' ');
        QCOMPARE(cells.size(), kMachineEvents);
        for (int event = 0; event < kMachineEvents; ++event)
            QTest::newRow(rowName(kLetters.at(letter), E(event)).constData())
                << int(kLetters.at(letter)) << event << int(kLetters.at(cells[event]));
    }
}

void TestVcpuMachine::transitions()
{
    QFETCH(int, from);
    QFETCH(int, event);
    QFETCH(int, to);
    QCOMPARE(text(name(transition(S(from), E(event)).to)), text(name(S(to))));
}

void TestVcpuMachine::eventsDriveTheTable_data()
{
    transitions_data();
}

// The same, through the events of a real track.
void TestVcpuMachine::eventsDriveTheTable()
{
    QFETCH(int, from);
    QFETCH(int, event);
    QFETCH(int, to);
    if (!reachable(S(from), E(event)))
        return;
    VcpuTrack track = trackIn(S(from), visibleState(S(from)) == VcpuState::Idle || E(event) == E::OutResting);
    QCOMPARE(text(name(track.state())), text(name(S(from))));
    send(track, E(event), 50);
    QCOMPARE(text(name(track.state())), text(name(S(to))));
}

void TestVcpuMachine::ignoredEventsSayWhy_data()
{
    transitions_data();
}

void TestVcpuMachine::ignoredEventsSayWhy()
{
    QFETCH(int, from);
    QFETCH(int, event);
    const Transition &row = transition(S(from), E(event));
    if (row.action == MachineAction::Ignore) {
        QVERIFY(!row.why.empty());
        QVERIFY(row.from == row.to);
    }
}

QTEST_GUILESS_MAIN(TestVcpuMachine)
#include "tst_vcpu_machine.moc"
