// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/session/guest_clocks.h"
#include "tests/views/made_recording.h"

namespace exitscope::testing {

// The host's clock minus the guest's, in what is made here.
inline constexpr Ns kGuestOffset = 500'000'000;

// One VM with one vCPU that runs for 1 µs and exits for 1 µs, ten times; its guest's trace knows two threads: 7 "storm"
// for the first 10 µs, then the idle thread, and from 16 µs on 8 "other". The guest's trace ends at 19 µs. Events at
// 500 ns of each run.
inline std::shared_ptr<const Recording> makeGuestRecording()
{
    auto recording = std::make_shared<Recording>(*makeRecording({{MadeVcpu{}}}));
    const Ns begin = kMadeBegin - kGuestOffset;
    GuestTrace guest;
    guest.path = QStringLiteral("/t/guest");
    guest.range = {begin, begin + 19'000};
    GuestCpu cpu;
    cpu.number = 0;
    for (Ns i = 0; i < 10; ++i)
        cpu.events.push_back(begin + i * 2000 + 500);
    cpu.switchTime = {begin, begin + 10'000, begin + 16'000};
    cpu.switchTid = {7, 0, 8};
    guest.cpus = {cpu};
    guest.names = {QStringLiteral("storm"), QStringLiteral("other")};
    guest.nameTid = {7, 8};
    guest.nameTime = {begin, begin};
    guest.nameIndex = {0, 1};
    TraceInfo info;
    info.path = guest.path;
    info.events = 10;
    info.beginNs = guest.range.from;
    info.endNs = guest.range.to;
    guest.traces = {recording->traces.size()};
    recording->traces.push_back(info);
    recording->guests.push_back(std::move(guest));
    return recording;
}

// As if the right map had been found, proven to ± 100 ns, with an estimate that is 40 ns later.
inline GuestMaps makeGuestMaps(const std::shared_ptr<const Recording> &recording)
{
    GuestMaps maps;
    maps.recording = recording;
    GuestAlignment found;
    found.method = SyncMethod::Containment;
    found.verdict = SyncVerdict::Aligned;
    found.vm = VmKey{0, 0};
    found.vcpuOf = {std::size_t(0)};
    const Ns reference = recording->guests[0].range.from;
    const ClockLine line{reference, reference + kGuestOffset, 0};
    found.map = ClockMap(std::vector<ClockPiece>{{line, kNoTime, {kNoTime, kNoTime}, {{0, -100}, {0, 100}}}});
    found.estimate = ClockMap(ClockLine{reference, reference + kGuestOffset + 40, 0});
    found.estimateAnchors = 5;
    found.containment.contained = found.containment.known = 10;
    found.overlap = recording->guests[0].range;
    maps.found.guests = {found};
    return maps;
}

} // namespace exitscope::testing
