// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "model/causes/account_key.h"
#include "model/statistics/selection.h"

// The sets of ExitFilters, each a row of the table in filter_sets.cpp: whoever goes through all filters goes through
// it.
namespace exitscope {

// One value that a set lets through.
struct FilterValue {
    QString of; // names it
    QString text; // "reason cpuid"
    QString meaning;
    std::function<void(ExitFilters &)> drop = nullptr;
};

struct FilterSetRow {
    const char *name;
    const char *ofMany; // "user-space reasons": how many of its values are called
    // Those that the recording knows.
    std::vector<FilterValue> (*values)(const KeyContext &context, const ExitFilters &filters);
    bool (*isEmpty)(const ExitFilters &filters);
    void (*clear)(ExitFilters &filters);
    bool (*isSame)(const ExitFilters &a, const ExitFilters &b);
    bool (*holdsAll)(const ExitFilters &filters, const ExitFilters &part); // all values of the part
    void (*add)(ExitFilters &filters, const ExitFilters &part);
    void (*remove)(ExitFilters &filters, const ExitFilters &part);
    // To what both let through; where that is nothing, to the values of `by`.
    void (*narrow)(ExitFilters &filters, const ExitFilters &by);
};

std::span<const FilterSetRow> filterSets();

// Which sets: a bit for each, in the order of the table.
using FilterSetMask = std::uint64_t;
FilterSetMask setsIn(const ExitFilters &filters); // those that leave anything out
void clearSets(ExitFilters &filters, FilterSetMask sets);

// What lets through the exits that have these values, one for each key.
ExitFilters filtersOf(const KeyContext &context, std::span<const AccountKey> keys, std::span<const KeyValue> values);
// The sets that values of these keys are filtered by.
FilterSetMask setsOf(const KeyContext &context, std::span<const AccountKey> keys);

// Choosing a row of accounts, of which `own` are the filters and `sets` those of all the keys: only it then; what is
// chosen alone already: nothing. Adding: beside what is chosen, or no more, where that differs in one set only; else
// as without.
ExitFilters afterChoice(const ExitFilters &now, const ExitFilters &own, FilterSetMask sets, bool add);
// Whether it is chosen, and no row below it alone.
bool isChosen(const ExitFilters &now, const ExitFilters &own, FilterSetMask sets);

} // namespace exitscope
