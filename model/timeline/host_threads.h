// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "model/timeline/timeline.h"

namespace exitscope {

// Which VM a thread works for: that of its process, or the one that its name tells: "vhost-PID", "kvm-pit/PID". Where
// the process of a thread or of its VM is not known, nothing. Leaves those of vCPUs as they are.
void assignToVms(std::span<HostThread> threads, std::span<const Vm> vms);

} // namespace exitscope
