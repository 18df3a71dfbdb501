// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <optional>
#include <vector>

#include "model/trace/wire/record.h"

// Which VM a vCPU belongs to, and what both are called (README "Definitions").
namespace exitscope {

// All that is said about the `vcpu_id` of one kind of event: one constant value, or nothing usable.
struct ClaimedId {
    std::int64_t value = kNoVcpuId;
    bool constant = true;

    void claim(std::int64_t id)
    {
        constant = constant && (value == kNoVcpuId || value == id) && id != kNoVcpuId;
        value = id;
    }
};

struct NamedVcpu {
    std::size_t source = 0;
    std::int32_t tid = kNoThread; // kNoThread for a pseudo-vCPU
    std::int32_t pcpu = kNoPcpu; // of a pseudo-vCPU
    std::optional<std::int32_t> pid;
    QString threadName;
    ClaimedId entryIds, exitIds;
    Ns firstEvent = 0, lastEvent = 0;
    QString number;
    int order = 0;
};
struct NamedRow {
    QString number;
    int order = 0;
    std::vector<std::size_t> sources;
};

struct NamedVm {
    QString name;
    std::optional<std::int32_t> pid;
    std::vector<NamedRow> rows; // ordered by number
    bool idsDistrusted = false; // recorded ids were there, but none could be used
};

// `processName`: of a pid, empty if not known.
std::vector<NamedVm> nameVms(
    const std::vector<NamedVcpu> &vcpus, const std::function<QString(std::int32_t)> &processName);

} // namespace exitscope
