// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <map>
#include <set>

#include "tests/model/property/naive_timeline.h"
#include "tests/model/property/random_loss.h"

// What a timeline of a recording with losses tells, held against that of the whole recording.
namespace exitscope::testing {

using Vcpus = std::map<naive::Who, naive::Vcpu>;

// The lives of a tid as one vCPU: where the death of a thread is lost, the next one of its tid goes on with its name.
Vcpus withoutLives(const Vcpus &vcpus);

class TruthCheck {
public:
    // Of the whole recording of `host`.
    TruthCheck(const LossyHost &host, Vcpus whole);

    // What the vCPUs of the lossy recording tell that is not true.
    QStringList untrue(const Vcpus &lossy) const;

private:
    naive::Vcpu truthOf(naive::Who who) const;
    // Whether it may be false that the vCPU was something in the stretch, or from it on.
    bool isExcused(naive::Who who, naive::Stretch falsely) const;
    void checkStates(QStringList &found, naive::Who who, const naive::Vcpu &claims, const naive::Vcpu &truth) const;
    void checkExits(QStringList &found, naive::Who who, const naive::Vcpu &claims, const naive::Vcpu &truth) const;
    void checkStretches(QStringList &found, naive::Who who, const QString &what,
        const std::vector<naive::Stretch> &claims, const std::vector<naive::Stretch> &truth) const;

    Vcpus m_whole;
    std::set<std::pair<Ns, std::int32_t>> m_exitEvents; // time and pCPU
    std::map<std::int32_t, std::vector<naive::Stretch>> m_excused; // by tid
};

} // namespace exitscope::testing
