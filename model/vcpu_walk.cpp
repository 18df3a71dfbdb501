// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/vcpu_walk.h"

#include <algorithm>

namespace exitscope {

std::vector<VmAt> vmsOf(const Recording &recording)
{
    std::vector<VmAt> vms;
    std::size_t number = 0;
    for (std::size_t h = 0; h < recording.hosts.size(); ++h) {
        const Timeline &host = recording.hosts[h];
        for (std::size_t v = 0; v < host.vms.size(); ++v) {
            const Vm &vm = host.vms[v];
            VmAt at{{h, v}, &host, &vm, {}};
            for (std::size_t i = 0; i < vm.vcpus.size(); ++i)
                at.vcpus.push_back({{at.key, i}, number++, &host, &vm, &vm.vcpus[i]});
            vms.push_back(std::move(at));
        }
    }
    return vms;
}

std::vector<VcpuAt> vcpusOf(const Recording &recording)
{
    std::vector<VcpuAt> vcpus;
    for (const VmAt &vm : vmsOf(recording))
        vcpus.insert(vcpus.end(), vm.vcpus.begin(), vm.vcpus.end());
    return vcpus;
}

std::vector<VcpuAt> vcpusNamed(const Recording &recording, const QString &id)
{
    std::vector<VcpuAt> vcpus = vcpusOf(recording);
    std::erase_if(vcpus, [&](const VcpuAt &vcpu) { return vcpu.id() != id; });
    return vcpus;
}

std::optional<VcpuAt> vcpuAt(const Recording &recording, const VcpuKey &key)
{
    const std::vector<VcpuAt> vcpus = vcpusOf(recording);
    const auto found = std::ranges::find(vcpus, key, &VcpuAt::key);
    return found == vcpus.end() ? std::nullopt : std::optional(*found);
}

} // namespace exitscope
