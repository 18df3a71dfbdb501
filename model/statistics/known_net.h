// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

#include "model/recording.h"
#include "model/vcpu_walk.h"

// Without sched_switch net times hold the time off CPU too. Of a halt such a bound says nothing: files get it all the
// same, people are told that it is not known (manual "Costs").
namespace exitscope {

bool netIsKnown(const Timeline &host, const ExitReason &reason);
// Of an exit of one of the recording's vCPUs.
bool netIsKnown(const Recording &recording, const VcpuAt &vcpu, std::size_t exit);

// What an exit is to net times. Apart: a halt, in a recording where that of some halts is not known.
enum class NetRole : std::uint8_t { Plain, Apart, Unknown };
// By index into the ReasonTable.
std::vector<NetRole> netRolesOn(const Timeline &host, const Recording &recording);

QString notKnownText(); // stands where a number would: "–"
// "hlt, mwait: net time is not known without sched_switch"; empty without names.
QString netNotKnownText(const QStringList &names);
// By the traces that lack sched_switch: "lttng enable-event … sched_switch", "perf record … sched:sched_switch", or
// both.
QString howToRecordSwitches(const Recording &recording);

} // namespace exitscope
