// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <array>
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
    // `whole`: of the whole recording of `host`; `ofPseudoVcpus`: of the same without its system calls, which "are
    // ignored" where the thread is not known.
    TruthCheck(const LossyHost &host, const Vcpus &whole, const Vcpus &ofPseudoVcpus);

    // What the vCPUs of the lossy recording tell that is not true.
    QStringList untrue(const Vcpus &lossy) const;

private:
    // What ends the doubt after a gap that is not told: the first to say otherwise.
    enum class Until : std::uint8_t { NextKvmEvent, NextExit, NextEntry };
    static constexpr std::size_t kUntils = 3;
    static Until doubtOf(VcpuState state);

    std::vector<const naive::Vcpu *> truthsOf(naive::Who who) const;
    naive::Vcpu truthOf(naive::Who who) const;
    std::vector<naive::Stretch> knownOf(naive::Who who, const naive::Vcpu &truth) const;
    bool isExcused(naive::Who who, naive::Stretch falsely, Until until) const;
    void excuseGaps(const LossyHost &host);
    void checkStates(QStringList &found, naive::Who who, const naive::Vcpu &claims, const naive::Vcpu &truth) const;
    void checkExit(QStringList &found, naive::Who who, const naive::Exit &claim) const;
    void checkExits(QStringList &found, naive::Who who, const naive::Vcpu &claims, const naive::Vcpu &truth) const;
    void checkStretches(QStringList &found, naive::Who who, const QString &what, Until until,
        const std::vector<naive::Stretch> &claims, const std::vector<naive::Stretch> &truth,
        const std::vector<naive::Stretch> &known) const;

    Vcpus m_whole;
    Vcpus m_ofPseudoVcpus;
    std::map<std::int32_t, std::vector<naive::Stretch>> m_dead; // by tid
    std::map<std::int32_t, std::vector<naive::Stretch>> m_knownOnPcpus;
    std::set<std::pair<Ns, std::int32_t>> m_exitEvents; // time and pCPU
    std::set<std::pair<Ns, std::int32_t>> m_blindBegins;
    std::array<std::map<std::int32_t, std::vector<naive::Stretch>>, kUntils> m_excused; // by Until and tid
};

} // namespace exitscope::testing
