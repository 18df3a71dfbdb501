// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <vector>

#include "model/recording.h"
#include "model/vcpu_key.h"

// The one way to go through the vCPUs of a recording: by host, VM and vCPU. What it gives points into the recording.
namespace exitscope {

struct VcpuAt {
    VcpuKey key;
    std::size_t number = 0; // running, over all vCPUs of the recording
    const Timeline *host = nullptr;
    const Vm *vm = nullptr;
    const Vcpu *vcpu = nullptr;

    QString id() const { return vm->vcpuId(*vcpu); }
};

struct VmAt {
    VmKey key;
    const Timeline *host = nullptr;
    const Vm *vm = nullptr;
    std::vector<VcpuAt> vcpus; // all of the VM
};

std::vector<VmAt> vmsOf(const Recording &recording);
std::vector<VcpuAt> vcpusOf(const Recording &recording);
// All with that "VM/N".
std::vector<VcpuAt> vcpusNamed(const Recording &recording, const QString &id);
// Nothing if the recording has no such vCPU.
std::optional<VcpuAt> vcpuAt(const Recording &recording, const VcpuKey &key);

} // namespace exitscope
