// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QVariant>

#include <functional>
#include <vector>

#include "model/statistics/statistics.h"

// The columns of the statistics table; a new one gets its line in statistics_columns.cpp.
namespace exitscope {

enum class StatisticsTopic : std::uint8_t { Reasons, Scenarios, Vcpus, Runs };
inline constexpr int kStatisticsTopics = 4;

// What one row is about. Points into the numbers that the model holds.
struct StatisticsRow {
    QVariant key; // row of the topic: "2:114", a Scenario, a VcpuKey
    QString name;
    QString meaning;
    const ExitReason *reason = nullptr; // in the topic Reasons
    const ExitGroup *group = nullptr; // in Reasons and Scenarios
    const VcpuStatistics *vcpu = nullptr; // in Vcpus and Runs
    const Totals *all = nullptr; // what shares are of
};

enum class StatisticsUnit : std::uint8_t { Text, Count, Duration, Percent, PerSecond, ShareOfTime };

struct StatisticsColumn {
    QString title; // "Net p95"
    QString field; // "net_p95_ns", in files
    QString meaning;
    StatisticsUnit unit = StatisticsUnit::Text;
    // Exact: ns, exits, percent as integer or double; invalid where there is none.
    std::function<QVariant(const StatisticsRow &row)> value;
    // What people are told instead, and where they are told less; none: the value.
    std::function<QVariant(const StatisticsRow &row)> known = nullptr;
    bool needsWhole = false; // sums alone do not tell it
};

const std::vector<StatisticsColumn> &statisticsColumns(StatisticsTopic topic);

// Those of rows with a group, whatever it is of: the first holds its name. Shares are of `all`, of which only exits and
// reasons are looked at.
const std::vector<StatisticsColumn> &groupColumns();

// What people are told: exact; invalid where there is no value, or none that is known.
QVariant statisticsKnown(const StatisticsColumn &column, const StatisticsRow &row);
// For people: "58.2 µs"; "-" if there is none, "–" if it is not known.
QString statisticsText(const StatisticsColumn &column, const StatisticsRow &row);
// To the last digit: "58,211 ns".
QString statisticsExactText(const StatisticsColumn &column, const StatisticsRow &row);

QString scenarioMeaning(Scenario scenario);

} // namespace exitscope
