// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

#include "model/session/guest_clocks.h"

// What is said of how a guest's clock was put on its host's.
namespace exitscope {

struct ClockFact {
    QString name;
    QString text;
    QString meaning; // its definition, for tooltips
};
std::vector<ClockFact> clockFacts(const ShownGuest &guest, const Recording &recording);

// "guest clock ± 33.5 µs"; of several guests how many are aligned. Empty without guests.
QString clockSummary(const ShownGuests &guests);
// Whether a guest that was opened is not shown: the summary is a warning.
bool anyUnaligned(const ShownGuests &guests);

// "cpuid-loop (tid 81)"; "not known" for kNoThread.
QString guestThreadText(const GuestCpuOnHost &cpu, std::int32_t tid, Ns host);
// Who ran on the vCPU at a time on the host's clock; both threads if a switch between them lies within what the map is
// uncertain by. Empty if no guest is shown there.
QString guestThreadAt(const ShownGuests &guests, const VcpuKey &vcpu, Ns host);

QString mapSourceText(MapSource source);

} // namespace exitscope
