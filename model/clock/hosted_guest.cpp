// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/hosted_guest.h"

namespace exitscope {

GuestOnHost hostedGuest(const Recording &recording, const GuestAlignment &alignment)
{
    const Timeline &host = recording.hosts[alignment.vm->host];
    const Vm &vm = host.vms[alignment.vm->vm];
    const GuestTrace &guest = recording.guests[alignment.guest];
    std::vector<const Vcpu *> vcpus(guest.cpus.size(), nullptr);
    for (std::size_t i = 0; i < std::min(vcpus.size(), alignment.vcpuOf.size()); ++i)
        if (const std::optional<std::size_t> vcpu = alignment.vcpuOf[i])
            vcpus[i] = &vm.vcpus[*vcpu];
    return {guest, alignment.map, std::move(vcpus), host.range};
}

} // namespace exitscope
