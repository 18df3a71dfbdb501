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
// G Guest, L Leaving, K Kvm, U Userspace, - Unknown, X Dead; after it p Preempted, i Idle, b Blocked.
// Columns: HostEvent Entry Exit UserspaceExit RunEntry RunExit SwitchIn OutRunnable OutResting OutWaiting OutDead
// Wakeup Blinded Doubted
const std::map<QByteArray, const char *> kExpected{
    {"-", "-  G  K  U  K  U  -  -  -  -  X  -  -  -"},
    {"X", "X  X  X  X  X  X  X  X  X  X  X  X  X  X"},
    {"G", "L  G  K  U  L  U  L  Lp Li Lb X  G  -  -"},
    {"L", "L  G  K  U  L  U  L  Lp Li Lb X  L  -  -"},
    {"K", "K  G  K  U  K  U  K  Kp Ki Kb X  K  -  -"},
    {"U", "U  G  K  U  K  U  U  Up Ui Ub X  U  -  -"},
    {"Lp", "Lp G  K  U  L  U  L  Lp Li Lb X  Lp -  -"},
    {"Li", "Li G  K  U  L  U  L  Lp Li Lb X  Lp -  -"},
    {"Lb", "Lb G  K  U  L  U  L  Lp Li Lb X  Lp -  -"},
    {"Kp", "Kp G  K  U  K  U  K  Kp Ki Kb X  Kp -  -"},
    {"Ki", "Ki G  K  U  K  U  K  Kp Ki Kb X  Kp -  -"},
    {"Kb", "Kb G  K  U  K  U  K  Kp Ki Kb X  Kp -  -"},
    {"Up", "Up G  K  U  K  U  U  Up Ui Ub X  Up -  -"},
    {"Ui", "Ui G  K  U  K  U  U  Up Ui Ub X  Up -  -"},
    {"Ub", "Ub G  K  U  K  U  U  Up Ui Ub X  Up -  -"},
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
    {"Kp", S::KvmPreempted},
    {"Ki", S::KvmIdle},
    {"Kb", S::KvmBlocked},
    {"Up", S::UserspacePreempted},
    {"Ui", S::UserspaceIdle},
    {"Ub", S::UserspaceBlocked},
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
    track.exit(t, 0, ExitData{0x1000, halt ? 12u : 10u, 1, 0, 0}, false, halt ? 1 : 0, halt);
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
    if (state == S::Dead)
        track.switchOut(40, kDead);
    else if (!info(visible).onPcpu)
        track.switchOut(40, visible == VcpuState::Preempted ? kRunnable : kAsleep);
    return track;
}

// A sleep rests or waits by what the track remembers, so a blocked thread cannot turn idle while it is off its pCPU.
bool reachable(S from, E event)
{
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
        return track.switchOut(t, 0);
    case E::OutResting:
    case E::OutWaiting:
        return track.switchOut(t, kAsleep);
    case E::OutDead:
        return track.switchOut(t, kDead);
    case E::Wakeup:
        return track.wakeUp(t);
    case E::Blinded:
        return track.blind(t, t);
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
