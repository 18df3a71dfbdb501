// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

#include "model/record/record.h"

// Numbers for people. Files get them exact (app/cli/json_writer.h, csv_writer.h).
namespace exitscope {

QString formatDuration(Ns ns); // three digits and a unit that fits: "12.4 ms", "850 ns"
QString formatDuration(std::optional<Ns> ns); // "-" if absent
QString formatOffset(Ns offset); // to the ns, as --from and --to take it: "+1.800045631s"
QString formatCount(std::int64_t count); // "1,234,567"
QString formatCounted(std::int64_t count, const QString &one, const QString &many); // "1 exit", "1,234 exits"
QString formatPercent(std::optional<double> percent); // "44.5 %"; "-" if absent
QString formatShare(std::int64_t part, std::int64_t whole); // as formatPercent; "-" of nothing
QString formatRate(double perSecond); // "1,976/s"

} // namespace exitscope
