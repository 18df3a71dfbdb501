// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>

namespace exitscope {

// Which VM of a recording: positions in Recording::hosts and in the VMs of that host. Names are no keys: two hosts may
// have VMs of one name.
struct VmKey {
    std::size_t host = 0;
    std::size_t vm = 0;
    auto operator<=>(const VmKey &) const = default;
};

// Which vCPU of it. Ordered as all lists of vCPUs are: by host, VM and vCPU.
struct VcpuKey {
    VmKey vm;
    std::size_t vcpu = 0;
    auto operator<=>(const VcpuKey &) const = default;
};

} // namespace exitscope
