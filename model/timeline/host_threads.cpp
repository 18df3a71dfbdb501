// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/host_threads.h"

#include <algorithm>

namespace exitscope {

namespace {

// Kernel threads that KVM and vhost start for the process whose number ends their name.
std::optional<std::int32_t> servedProcess(const QString &name)
{
    static const QString kPrefixes[]{
        QStringLiteral("vhost-"), QStringLiteral("kvm-pit/"), QStringLiteral("kvm-nx-lpage-recovery-")};
    for (const QString &prefix : kPrefixes) {
        if (!name.startsWith(prefix))
            continue;
        bool isNumber = false;
        const int pid = name.mid(prefix.size()).toInt(&isNumber);
        if (isNumber)
            return pid;
    }
    return std::nullopt;
}

} // namespace

void assignToVms(std::span<HostThread> threads, std::span<const Vm> vms)
{
    const auto vmOf = [&](std::optional<std::int32_t> pid) -> std::optional<std::size_t> {
        const auto found = pid ? std::ranges::find(vms, pid, &Vm::pid) : vms.end();
        return found == vms.end() ? std::nullopt : std::optional(std::size_t(found - vms.begin()));
    };
    for (HostThread &thread : threads) {
        if (thread.tid == 0 || thread.isVcpu)
            continue;
        thread.vm = vmOf(thread.pid);
        if (!thread.vm)
            thread.vm = vmOf(servedProcess(thread.name));
    }
}

} // namespace exitscope
