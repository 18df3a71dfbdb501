// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>
#include <string_view>

#include "model/events/event_list.h"

// Listed events as people and files are told them.
namespace exitscope {

// Text of a trace, which can be any bytes.
QString shownText(std::string_view text);
// The machine that recorded it: its host name, else what the trace is called.
QString machineOf(const TraceInfo &trace);
QString fieldsShown(const RawEvent &event);
// Its thread as contexts tell it, "CPU 1/KVM (241)"; "–" where they do not.
QString threadShown(const RawEvent &event);

// RFC 4180: the columns, and an event's row. Both end in a line end.
std::string eventCsvTitles();
std::string eventCsvRow(const Recording &recording, const ListedEvent &listed);

} // namespace exitscope
