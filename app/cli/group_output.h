// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "app/cli/csv_writer.h"
#include "app/cli/json_writer.h"
#include "model/recording.h"
#include "model/statistics/statistics.h"

// The numbers of a group of exits, the same wherever one is printed.
namespace exitscope {

// Members of the object that is open.
void addGroup(JsonWriter &json, const ExitGroup &group);
void addDistribution(JsonWriter &json, std::string_view key, const Distribution &distribution);

// Fields of the row that is open.
void addGroupHeader(CsvWriter &csv);
void addGroup(CsvWriter &csv, const ExitGroup &group);

// For people: net times and shares are of those that are known, "–" where there are none.
QStringList costColumns();
QStringList costs(const ExitGroup &group, std::optional<Ns> allNet);
// Why some net times are not told, and what to record.
QString netNote(const Recording &recording);

} // namespace exitscope
