// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace exitscope {

// What a vCPU is at one time; manual "Definitions" defines each. A new state gets its row here.
enum class VcpuState : std::uint8_t { Guest, Kvm, Userspace, Preempted, Idle, Blocked, Unknown };
inline constexpr int kVcpuStates = 7;

struct VcpuStateInfo {
    VcpuState state;
    std::string_view name; // "Guest"
    std::string_view column; // "guest_ns"
    bool onPcpu; // the interval tells its pCPU
};
inline constexpr std::array<VcpuStateInfo, kVcpuStates> kVcpuStateTable{{
    {VcpuState::Guest, "Guest", "guest_ns", true},
    {VcpuState::Kvm, "Kvm", "kvm_ns", true},
    {VcpuState::Userspace, "Userspace", "userspace_ns", true},
    {VcpuState::Preempted, "Preempted", "preempted_ns", false},
    {VcpuState::Idle, "Idle", "idle_ns", false},
    {VcpuState::Blocked, "Blocked", "blocked_ns", false},
    {VcpuState::Unknown, "Unknown", "unknown_ns", false},
}};
constexpr const VcpuStateInfo &info(VcpuState state)
{
    return kVcpuStateTable[static_cast<std::size_t>(state)];
}

// The scenarios of the study, extended (manual "Definitions"); in the order in which reports list them.
enum class Scenario : std::uint8_t { Qemu, Halt, Interrupt, PageFault, Preempted, Host };
inline constexpr int kScenarios = 6;
inline constexpr std::array<std::string_view, kScenarios> kScenarioNames{
    "qemu", "halt", "interrupt", "page-fault", "preempted", "host"};
constexpr std::string_view name(Scenario scenario)
{
    return kScenarioNames[static_cast<std::size_t>(scenario)];
}

} // namespace exitscope
