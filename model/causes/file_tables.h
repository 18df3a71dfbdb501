// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "model/causes/halts.h"
#include "model/causes/takers.h"

// Takers and halts as files have them: the same columns from the command line and from the window (manual "takers",
// "halts"). Times are integers of ns.
namespace exitscope {

using FileCell = std::variant<std::monostate, std::int64_t, QString>; // nothing: an empty cell
struct FileTable {
    QStringList columns;
    std::vector<std::vector<FileCell>> rows;
};

FileTable fileTable(const std::vector<VcpuTakers> &takers); // a row for each taker of each vCPU
FileTable fileTable(const std::vector<VcpuHalts> &halts); // a row for each vCPU

// A number of HaltNumbers; absent where its source does not tell it.
struct HaltField {
    std::string_view name;
    std::optional<std::int64_t> (*value)(const VcpuHalts &halts);
};
std::span<const HaltField> haltFields();
std::optional<std::int64_t> ifTold(const VcpuHalts &halts, std::int64_t value);

} // namespace exitscope
