// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <optional>
#include <vector>

#include "model/timeline/vcpu_track.h"

// Which VM a vCPU belongs to, and what both are called (README "Definitions").
namespace exitscope {

struct NamedVcpu {
    const VcpuTrack *track = nullptr;
    std::int32_t tid = kNoThread; // kNoThread for a pseudo-vCPU
    std::int32_t pcpu = kNoPcpu; // of a pseudo-vCPU
    std::optional<std::int32_t> pid;
    QString threadName;
    QString number; // filled by nameVms
    int order = 0; // filled by nameVms
};

struct NamedVm {
    QString name;
    std::optional<std::int32_t> pid;
    std::vector<NamedVcpu> vcpus; // ordered by number
    bool idsDistrusted = false; // recorded ids were there, but none could be used
};

// `processName`: of a pid, empty if not known.
std::vector<NamedVm> nameVms(
    const std::vector<NamedVcpu> &vcpus, const std::function<QString(std::int32_t)> &processName);

} // namespace exitscope
